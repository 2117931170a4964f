"""pack.py <folder of jars> <bundle.nar>: a bundle as NiFi's Maven plugin packs it, with the standard services' interface above it."""
import sys
import zipfile
from pathlib import Path

jars, bundle = sys.argv[1:]
MANIFEST = {
    "Manifest-Version": "1.0",
    "Nar-Id": "nifi-standard-nar",
    "Nar-Group": "org.apache.nifi",
    "Nar-Version": "2.3.0",
    "Nar-Dependency-Group": "org.apache.nifi",
    "Nar-Dependency-Id": "nifi-standard-shared-nar",
    "Nar-Dependency-Version": "2.3.0",
    "Clone-During-Instance-Class-Loading": "false",
}
with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as nar:
    nar.writestr("META-INF/", "")
    nar.writestr("META-INF/bundled-dependencies/", "")
    nar.writestr("META-INF/MANIFEST.MF", "".join(f"{name}: {value}\r\n" for name, value in MANIFEST.items()) + "\r\n")
    for jar in sorted(Path(jars).glob("*.jar")):
        nar.write(jar, f"META-INF/bundled-dependencies/{jar.name}")
