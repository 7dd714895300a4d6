package io.uartnio.mux;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The module's side of a multiplexed line, in the plainest way: it answers what must be answered, keeps what it was
 * sent, and can be told to be worse. Its octets are written out, so that a wrong idea of the other side is not repeated.
 */
final class PlayedModule {

    final MemoryLine line = new MemoryLine(this::onBytes);
    /** Every frame of the host, as {@code address control information}. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    final Map<Integer, ByteArrayOutputStream> received = new ConcurrentHashMap<>();

    /** Sent on as it comes, by DLCI. */
    volatile boolean echoing;

    volatile boolean knowsTest = true;
    volatile boolean answersSignals = true;
    volatile boolean answersMessages = true;
    volatile boolean answersDisconnects = true;
    volatile boolean knowsNegotiation = true;
    volatile int grantedFrameBytes = 127;
    final AtomicInteger ignoredSabms = new AtomicInteger();
    volatile int refusedDlci = -1;
    volatile boolean sendsSignalsAtOnce;
    volatile byte[] sentBeforeAcknowledgement = {};

    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] frame(int address, int control, byte[] information) {
        return FrameFormat.frame(address, control, information);
    }

    /** Sends information, with C/R as most modules set it. */
    void send(int dlci, byte[] information) {
        line.send(frame(dlci << 2 | 1, 0xef, information));
    }

    void send(int dlci, String hex) {
        send(dlci, hex(hex));
    }

    void sendRaw(String hex) {
        line.send(hex(hex));
    }

    byte[] received(int dlci) {
        ByteArrayOutputStream bytes = received.get(dlci);
        if (bytes == null) {
            return new byte[0];
        }
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    long heard(String begin) {
        return heard.stream().filter(frame -> frame.startsWith(begin)).count();
    }

    /** Synchronized, as a line that was lost and opened again may still bring what was written before. */
    private synchronized void onBytes(byte[] bytes) {
        pending.writeBytes(bytes);
        byte[] all = pending.toByteArray();
        int at = 0;
        for (; ; ) {
            int end = frameEnd(all, at);
            if (end < 0) {
                break;
            }
            if (end > at + 1) {
                onFrame(Arrays.copyOfRange(all, at + 1, end));
            }
            // The next frame has a flag of its own, or this one's is its.
            at = end + 1 < all.length && all[end + 1] == (byte) 0xf9 ? end + 1 : end;
            if (end + 1 >= all.length) {
                at = end;
                break;
            }
        }
        pending.reset();
        pending.write(all, at, all.length - at);
    }

    /** Returns where the flag behind the frame at a flag stands, or -1 if there is none yet. */
    private static int frameEnd(byte[] all, int flag) {
        if (flag + 1 < all.length && all[flag + 1] == (byte) 0xf9) {
            return flag + 1;
        }
        if (flag + 4 >= all.length) {
            return -1;
        }
        int length = (all[flag + 3] & 0xff) >> 1;
        int header = 4;
        if ((all[flag + 3] & 1) == 0) {
            length |= (all[flag + 4] & 0xff) << 7;
            header = 5;
        }
        int end = flag + header + length + 1;
        return end < all.length ? end : -1;
    }

    private void onFrame(byte[] frame) {
        int header = (frame[2] & 1) != 0 ? 3 : 4;
        byte[] information = Arrays.copyOfRange(frame, header, frame.length - 1);
        heard.add(HexFormat.of().formatHex(frame, 0, 2) + " " + HexFormat.of().formatHex(information));
        if ((frame[frame.length - 1] & 0xff) != FrameCheck.of(frame, 0, header)) {
            heard.add("wrong check");
            return;
        }
        int dlci = (frame[0] & 0xff) >> 2;
        switch (frame[1] & 0xff) {
            case 0x3f -> onSabm(dlci);
            case 0x53 -> {
                if (answersDisconnects) {
                    line.send(frame(dlci << 2 | 3, 0x73, new byte[0]));
                }
            }
            case 0xef -> {
                if (dlci == 0) {
                    onMessages(information);
                } else {
                    onInformation(dlci, information);
                }
            }
            default -> {
                // answers to us
            }
        }
    }

    private void onSabm(int dlci) {
        if (ignoredSabms.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return;
        }
        if (dlci == refusedDlci) {
            line.send(frame(dlci << 2 | 3, 0x1f, new byte[0]));
        } else {
            if (sentBeforeAcknowledgement.length > 0) {
                send(dlci, sentBeforeAcknowledgement);
            }
            line.send(frame(dlci << 2 | 3, 0x73, new byte[0]));
            if (sendsSignalsAtOnce && dlci > 0) {
                send(0, new byte[] {(byte) 0xe3, 5, (byte) (dlci << 2 | 3), 0x0d});
            }
        }
    }

    private void onInformation(int dlci, byte[] information) {
        ByteArrayOutputStream bytes = received.computeIfAbsent(dlci, key -> new ByteArrayOutputStream());
        synchronized (bytes) {
            bytes.writeBytes(information);
        }
        if (echoing) {
            send(dlci, information);
        }
    }

    private void onMessages(byte[] information) {
        for (byte[] message : split(information)) {
            int type = message[0] & 0xff;
            boolean unknown = (type == 0x23 && !knowsTest) || (type == 0x83 && !knowsNegotiation);
            if (!answersMessages || (type & 2) == 0 || (type == 0xe3 && !answersSignals)) {
                continue;
            }
            if (unknown) {
                send(0, new byte[] {0x11, 3, message[0]});
                continue;
            }
            message[0] &= (byte) ~2;
            if (type == 0x83) {
                message[6] = (byte) grantedFrameBytes;
                message[7] = (byte) (grantedFrameBytes >> 8);
            }
            send(0, message);
        }
    }

    private static List<byte[]> split(byte[] information) {
        List<byte[]> messages = new ArrayList<>();
        int at = 0;
        while (at < information.length) {
            int end = at + 2 + ((information[at + 1] & 0xff) >> 1);
            messages.add(Arrays.copyOfRange(information, at, end));
            at = end;
        }
        return messages;
    }
}
