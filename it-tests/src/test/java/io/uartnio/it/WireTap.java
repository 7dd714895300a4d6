package io.uartnio.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** Stands between a client and a server of this machine and keeps all that has left the client. */
final class WireTap implements AutoCloseable {

    private final PeerServer listener;
    private final ByteArrayOutputStream left = new ByteArrayOutputStream();

    WireTap(int serverPort) throws IOException {
        listener = new PeerServer(client -> {
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
                Thread back = new Thread(() -> pass(server, client, null), "peer");
                back.start();
                pass(client, server, left);
                back.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void pass(Socket from, Socket to, ByteArrayOutputStream copy) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[4096];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (copy != null) {
                    copy.write(buffer, 0, count);
                }
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two has gone: the end of what there is to see.
        }
    }

    int port() {
        return listener.port();
    }

    /** Returns what has left the client so far. */
    byte[] captured() {
        return left.toByteArray();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
    }
}
