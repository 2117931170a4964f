"""What a Python image must be able to do: serve and fetch, query SQLite, know certificate authorities."""
import http.server, json, ssl, sqlite3, hashlib, zoneinfo, threading, urllib.request, ctypes
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps({"path": self.path}).encode())
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
print(json.load(urllib.request.urlopen(f"http://127.0.0.1:{s.server_port}/truck"))["path"])
db = sqlite3.connect(":memory:"); db.execute("create table t (a)"); db.execute("insert into t values (41)")
print(db.execute("select a + 1 from t").fetchone()[0])
print(ssl.create_default_context().cert_store_stats()["x509_ca"] > 50)
# A thread that ends early needs it; glibc opens it only then, so a missing one is seen in one run of many.
ctypes.CDLL("libgcc_s.so.1")
