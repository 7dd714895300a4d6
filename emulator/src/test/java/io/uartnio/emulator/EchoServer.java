package io.uartnio.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A server on a free port of the loopback; each connection is handled by a thread of its own. */
final class EchoServer implements AutoCloseable {

    /** What to do with a connection. */
    interface Handler {
        void handle(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final Handler handler;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    EchoServer() throws IOException {
        this(EchoServer::echo);
    }

    EchoServer(Handler handler) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), handler);
    }

    EchoServer(ServerSocket server, Handler handler) {
        this.server = server;
        this.handler = handler;
        start(this::accept);
    }

    static void echo(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> {
                    try (socket) {
                        handler.handle(socket);
                    } catch (IOException e) {
                        // A test's peer may go at any time.
                    }
                });
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "test-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    List<Socket> sockets() {
        return sockets;
    }

    /** Returns a connection by its number from 0; whoever has connected may know of it before this server does. */
    Socket socket(int number) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> sockets.size() > number);
        return sockets.get(number);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
