package io.uartnio.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * The far end of the demo: an ordinary TLS server of the JDK, which knows nothing of modules. One thread a connection,
 * since there are at most twelve; see {@link DemoRequest} for what is said. It serves whoever knows the token of this
 * run, and drops all others.
 */
final class DemoServer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(DemoServer.class.getName());

    private static final int CHUNK_BYTES = 8 * 1024;
    private static final int BACKLOG = 64;
    /** How long a connection may be silent; a module on a slow line shares it with eleven others. */
    private static final int SILENCE_MILLIS = 120_000;

    private final SSLServerSocket listener;
    private final long token;
    private final int sockets;
    private final long bytes;
    private final Traffic up;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Starts to listen.
     *
     * @param address where; port 0 for any free one
     * @param token what a request must begin with
     * @param sockets how many sockets the demo has
     * @param bytes the most that a request may ask for
     * @param up where uploads are counted
     * @throws IOException if the address cannot be had
     */
    DemoServer(SSLContext context, InetSocketAddress address, long token, int sockets, long bytes, Traffic up)
            throws IOException {
        this.token = token;
        this.sockets = sockets;
        this.bytes = bytes;
        this.up = up;
        this.listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
        try {
            listener.setEnabledProtocols(new String[] {"TLSv1.2"}); // the newest that these modules speak
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "cannot listen: address=" + address.getHostString() + ", port=" + address.getPort(), e);
        }
        start("uartnio-demo-server", this::accept);
    }

    /** Returns the port that it listens on. */
    int port() {
        return listener.getLocalPort();
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket connection = listener.accept();
                // Twice as many as the demo has: some of them may be strangers.
                if (connections.size() >= 2 * sockets) {
                    connection.close();
                    continue;
                }
                connections.add(connection);
                start("uartnio-demo-connection", () -> serve(connection));
            } catch (IOException e) {
                // Closed, or a connection that was gone before it was accepted.
                LOG.log(Level.DEBUG, "connection not accepted: {0}", e.getMessage());
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(SILENCE_MILLIS);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            DemoRequest request = DemoRequest.read(in, token, sockets, bytes);
            download(out, request.bytes());
            out.write(upload(in, request));
            // Whoever closes first decides who sees the end of the stream; it is the client's to see the answer first.
            in.read();
        } catch (IOException e) {
            // A client that is gone, or a stranger: the client's side of the demo tells what it means.
            LOG.log(Level.DEBUG, "connection of the demo ended: {0}", e.getMessage());
        } finally {
            connections.remove(connection);
        }
    }

    private static void download(OutputStream out, long bytes) throws IOException {
        MessageDigest digest = Digests.sha256();
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long left = bytes; left > 0; left -= CHUNK_BYTES) {
            random.nextBytes(chunk);
            int length = (int) Math.min(left, CHUNK_BYTES);
            digest.update(chunk, 0, length);
            out.write(chunk, 0, length);
        }
        out.write(digest.digest());
    }

    private byte[] upload(InputStream in, DemoRequest request) throws IOException {
        MessageDigest digest = Digests.sha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long left = request.bytes(); left > 0; ) {
            int length = in.read(chunk, 0, (int) Math.min(left, CHUNK_BYTES));
            if (length < 0) {
                throw new IOException("client closed early: missing=" + left);
            }
            digest.update(chunk, 0, length);
            up.count(request.socket(), length);
            left -= length;
        }
        return digest.digest();
    }

    /** Ends the server and its connections. */
    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
