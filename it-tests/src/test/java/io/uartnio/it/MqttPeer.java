package io.uartnio.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * As much of an MQTT 3.1.1 broker as one client needs that listens to itself: whatever it publishes comes back to it.
 * For machines without Mosquitto.
 */
final class MqttPeer {

    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int PINGREQ = 12;
    private static final int DISCONNECT = 14;

    private MqttPeer() {}

    /** Serves one connection to its end. */
    static void serve(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
        OutputStream out = connection.getOutputStream();
        for (int first = in.read(); first >= 0 && first >> 4 != DISCONNECT; first = in.read()) {
            byte[] packet = new byte[readLength(in)];
            in.readFully(packet);
            switch (first >> 4) {
                case CONNECT -> out.write(new byte[] {0x20, 2, 0, 0});
                case SUBSCRIBE -> out.write(new byte[] {(byte) 0x90, 3, packet[0], packet[1], 1});
                case PINGREQ -> out.write(new byte[] {(byte) 0xd0, 0});
                case PUBLISH -> comeBack(packet, (first >> 1 & 3) > 0, out);
                default -> {
                    // an acknowledgement
                }
            }
        }
    }

    /** Returns the remaining length of MQTT 3.1.1 section 2.2.3: seven bits a byte, the lowest first. */
    private static int readLength(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return length;
            }
        }
    }

    /** Acknowledges a publication, and publishes it without a packet identifier. */
    private static void comeBack(byte[] packet, boolean hasIdentifier, OutputStream out) throws IOException {
        int topicEnd = 2 + (ByteBuffer.wrap(packet).getShort() & 0xffff);
        int payload = topicEnd;
        if (hasIdentifier) {
            out.write(new byte[] {0x40, 2, packet[topicEnd], packet[topicEnd + 1]});
            payload += 2;
        }
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        back.write(PUBLISH << 4);
        int left = topicEnd + packet.length - payload;
        do {
            back.write(left % 0x80 | (left >= 0x80 ? 0x80 : 0));
            left /= 0x80;
        } while (left > 0);
        back.write(packet, 0, topicEnd);
        back.write(Arrays.copyOfRange(packet, payload, packet.length));
        out.write(back.toByteArray());
    }
}
