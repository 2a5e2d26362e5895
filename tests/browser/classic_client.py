"""A classic client for the tests: says its lines of input and prints what the others say."""
import socket, sys, threading

s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))


def send(text):
    payload = text.encode()
    s.sendall(b"%-10d" % len(payload) + payload)


def listen(frames):
    while header := frames.read(10):
        name = frames.read(int(header)).decode()
        print(name + ": " + frames.read(int(frames.read(10))).decode(), flush=True)


send(sys.argv[2])
threading.Thread(target=listen, args=[s.makefile("rb")], daemon=True).start()
for line in sys.stdin:
    send(line.rstrip("\n"))
s.close()
