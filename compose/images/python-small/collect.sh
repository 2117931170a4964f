# collect.sh <folder>: Python, the libraries that it and its modules name, CA certificates, and BusyBox for a shell.
set -e
to=$1
mkdir -p "$to/usr/bin" "$to/usr/lib" "$to/usr/local/bin" "$to/usr/local/lib/python3.13/dist-packages" "$to/tmp" "$to/root" "$to/etc/ssl" "$to/var/tmp"
chmod 1777 "$to/tmp" "$to/var/tmp"
for link in bin lib lib64 sbin; do [ -L "/$link" ] && cp -a "/$link" "$to/"; done
mkdir -p "$to/usr/sbin" "$to/usr/lib64"
cp -a /usr/bin/python3.13 "$to/usr/bin/"
ln -s python3.13 "$to/usr/bin/python3"
cp -a /usr/lib/python3.13 "$to/usr/lib/"
cp -a /usr/lib/python3 "$to/usr/lib/"
rm -rf "$to"/usr/lib/python3.13/test "$to"/usr/lib/python3.13/idlelib "$to"/usr/lib/python3.13/lib2to3
find "$to" -name __pycache__ -prune -exec rm -rf {} +
cp -a /usr/bin/pip3 "$to/usr/bin/"
for name in python python3 pip pip3; do cp -a "/usr/local/bin/$name" "$to/usr/local/bin/" 2>/dev/null || true; done
ln -sf /usr/bin/python3.13 "$to/usr/local/bin/python3.13"
# The real file under its own name, and the name by which it is looked for.
{ ldd /usr/bin/python3.13; find /usr/lib/python3.13/lib-dynload -name '*.so' -exec ldd {} +; } |
  grep -o '/[^ ]*\.so[^ ]*' | sort -u | while read -r library; do
    case $library in *lib-dynload*) continue ;; esac
    mkdir -p "$to$(dirname "$library")"
    cp -L "$library" "$to$library"
  done
# Opened by name at run time, so nothing names them: name lookups, and what a thread that ends needs.
for library in /usr/lib/*-linux-gnu/libgcc_s.so.1 /usr/lib/*-linux-gnu/libnss_files.so.2 /usr/lib/*-linux-gnu/libnss_dns.so.2 /usr/lib/*-linux-gnu/libresolv.so.2; do
  [ -e "$library" ] && cp -L "$library" "$to$library"
done
cp -a /etc/ssl/certs "$to/etc/ssl/"
# OpenSSL looks for certificates there; they are links to /etc/ssl.
cp -a /usr/lib/ssl "$to/usr/lib/"
mkdir -p "$to/usr/share" && cp -a /usr/share/ca-certificates "$to/usr/share/"
[ -d /usr/share/python-wheels ] && cp -a /usr/share/python-wheels "$to/usr/share/"
cp -a /etc/passwd /etc/group /etc/nsswitch.conf "$to/etc/" 2>/dev/null || cp -a /etc/passwd /etc/group "$to/etc/"
cp -L "$(command -v busybox)" "$to/usr/bin/busybox"
"$to/usr/bin/busybox" --list | while read -r name; do [ -e "$to/usr/bin/$name" ] || ln -s busybox "$to/usr/bin/$name"; done
