# PayDox on the official image of Odoo 19 Community.
FROM odoo:19.0

USER root
# Packages that the addons need beyond what the image has stand in requirements.txt under "PayDox";
# a test compares both lists. At present there are none.
COPY odoo.conf /etc/odoo/odoo.conf
COPY scripts/deploy/init.sh /usr/local/bin/paydox-init
COPY scripts/deploy/set_password.py /usr/local/share/paydox/set_password.py
# Not in /mnt/extra-addons: that is a volume, and what a build writes into a volume is lost.
COPY addons /opt/paydox/addons
RUN chmod 755 /usr/local/bin/paydox-init && chown root:odoo /etc/odoo/odoo.conf && chmod 640 /etc/odoo/odoo.conf

ENV ODOO_ADDONS_PATH=/opt/paydox/addons \
    ODOO_DATA_DIR=/var/lib/odoo \
    PAYDOX_SHARE=/usr/local/share/paydox
USER odoo
