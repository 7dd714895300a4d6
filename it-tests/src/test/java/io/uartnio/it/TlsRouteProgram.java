package io.uartnio.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Connects by the JVM's default provider and says whether that opened. */
final class TlsRouteProgram {

    private TlsRouteProgram() {}

    /** Takes the port of the server. */
    public static void main(String[] arguments) {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.connect(Bench.at(Integer.parseInt(arguments[0])));
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.write(one);
            channel.read(one.clear());
            System.out.println("opened");
        } catch (IOException e) {
            System.out.println("refused: " + e);
        }
        System.exit(0);
    }
}
