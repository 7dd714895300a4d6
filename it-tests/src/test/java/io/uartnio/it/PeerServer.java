package io.uartnio.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A server on this machine that gives each connection a thread of its own; what it does there is the test's. */
final class PeerServer implements AutoCloseable {

    /** What is done with one connection, which is closed afterwards. */
    @FunctionalInterface
    interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Service service;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    PeerServer(Service service) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), service);
    }

    PeerServer(SSLContext context, Service service) throws IOException {
        this(context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()), service);
    }

    PeerServer(ServerSocket listener, Service service) {
        this.listener = listener;
        this.service = service;
        start(this::accept);
    }

    /** A server that sends back what it receives. */
    static PeerServer echo() throws IOException {
        return new PeerServer(PeerServer::echo);
    }

    /** A server of TLS that sends back what it receives. */
    static PeerServer echo(SSLContext context) throws IOException {
        return new PeerServer(context, PeerServer::echo);
    }

    private static void echo(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        OutputStream out = connection.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns how many connections are open. */
    int openConnections() {
        return connections.size();
    }

    private void start(Runnable body) {
        Thread thread = new Thread(body, "peer");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed, by close().
            connections.forEach(PeerServer::closeQuietly);
        }
    }

    private void serve(Socket connection) {
        try {
            service.serve(connection);
        } catch (IOException e) {
            // The other side is gone, which its test looks into.
            closeQuietly(connection);
        } finally {
            closeQuietly(connection);
            connections.remove(connection);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("socket cannot be closed", e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
        connections.forEach(PeerServer::closeQuietly);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(10_000);
        }
    }
}
