package io.uartnio.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * The server that the module connects to while it is measured: it sends and takes payload as {@link BenchRequest} says.
 * One thread a connection; its processor time does not count, for it lives in the {@link FarEnd}'s JVM.
 */
final class BenchPeer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(BenchPeer.class.getName());

    private static final int BACKLOG = 256;
    private static final int MAX_CONNECTIONS = 512;
    private static final int READ_BYTES = 16 * 1024;
    private static final int SILENCE_MILLIS = 600_000;

    private final ServerSocket listener;
    private final long token;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Map<Long, FairWindow> windows = new ConcurrentHashMap<>();
    private final Map<Long, CountDownLatch> starts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Starts to listen.
     *
     * @param tls what to listen with, or null for plain TCP
     * @param address where; port 0 for any free one
     * @param token what a request must begin with
     * @throws IOException if the address cannot be had
     */
    BenchPeer(SSLContext tls, InetSocketAddress address, long token) throws IOException {
        this.token = token;
        this.listener =
                tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
        try {
            if (listener instanceof SSLServerSocket secure) {
                secure.setEnabledProtocols(new String[] {"TLSv1.2"}); // the newest that these modules speak
            }
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "cannot listen: address=" + address.getHostString() + ", port=" + address.getPort(), e);
        }
        start("uartnio-bench-server", this::accept);
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
                if (connections.size() >= MAX_CONNECTIONS) {
                    connection.close();
                    continue;
                }
                connections.add(connection);
                start("uartnio-bench-connection", () -> serve(connection));
            } catch (IOException e) {
                // Closed, or a connection that was gone before it was accepted.
                LOG.log(Level.DEBUG, "connection not accepted: {0}", e.getMessage());
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            connection.setSoTimeout(SILENCE_MILLIS);
            DataInputStream in = new DataInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (int first = in.read(); first >= 0; first = in.read()) {
                BenchRequest request = BenchRequest.read(first, in, token);
                if (request.direction() == Direction.DOWN) {
                    awaitGroup(request);
                    download(out, request);
                } else {
                    out.write(upload(in, request));
                }
            }
        } catch (IOException e) {
            // A client that is gone, or a stranger: the client's side tells what it means.
            LOG.log(Level.DEBUG, "connection of the measurement ended: {0}", e.getMessage());
        } finally {
            connections.remove(connection);
        }
    }

    /**
     * Waits until every socket of the group has asked: a download that has begun holds up the requests of the others,
     * for each prompt waits behind a frame, and the first would be far ahead of the last.
     */
    private void awaitGroup(BenchRequest request) throws IOException {
        CountDownLatch latch = starts.computeIfAbsent(request.group(), g -> new CountDownLatch(request.groupSize()));
        latch.countDown();
        try {
            if (!latch.await(SILENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("not all sockets have asked: missing=" + latch.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void download(OutputStream out, BenchRequest request) throws IOException {
        byte[] chunk = new byte[request.writeBytes()];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) i;
        }
        for (long left = request.bytes(); left > 0; left -= chunk.length) {
            out.write(chunk, 0, (int) Math.min(left, chunk.length));
        }
    }

    private byte[] upload(InputStream in, BenchRequest request) throws IOException {
        FairWindow window =
                windows.computeIfAbsent(request.group(), g -> new FairWindow(request.groupSize(), request.bytes()));
        byte[] chunk = new byte[READ_BYTES];
        for (long left = request.bytes(); left > 0; ) {
            int length = in.read(chunk, 0, (int) Math.min(left, chunk.length));
            if (length < 0) {
                throw new IOException("client closed early: missing=" + left);
            }
            window.count(request.socket(), length);
            left -= length;
        }
        return ByteBuffer.allocate(BenchRequest.ANSWER_LENGTH)
                .putLong(window.bytes(request.socket()))
                .putLong(window.firstBytes())
                .putLong(window.nanos())
                .array();
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
