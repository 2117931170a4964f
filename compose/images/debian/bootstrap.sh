# bootstrap.sh <folder>: Debian 13, minimal, into a new folder. Needs root and debootstrap.
set -e
debootstrap --variant=minbase --include=ca-certificates trixie "$1"
rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/cache/apt/*.bin "$1"/var/lib/apt/lists/* "$1"/var/log/*.log "$1"/var/log/apt "$1"/debootstrap
# As in the official image: services do not start at installation, packages' archives are not kept.
printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
printf 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n' >"$1/etc/apt/apt.conf.d/docker-clean"
# A classroom behind a proxy has certificate authorities of its own; without them no build could fetch anything by TLS.
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ -e "$certificate" ] && cp -L "$certificate" "$1/usr/local/share/ca-certificates/"
done
chroot "$1" update-ca-certificates
