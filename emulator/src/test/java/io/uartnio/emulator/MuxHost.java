package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * The initiator's side of the multiplexer for tests, no more than they need: each channel is a {@link Host}, and what
 * comes on channel 0 or is no data is kept as text to look at.
 */
final class MuxHost implements MuxParser.Sink, AutoCloseable {

    private final Host.Sink wire;
    private final Host[] channels = new Host[5];
    private final MuxParser parser = new MuxParser(1509, this);
    private final List<String> frames = new ArrayList<>();
    private final byte[] out = new byte[2000];
    private int longest;
    private boolean answersStatus = true;

    MuxHost(Host.Sink wire) {
        this.wire = wire;
        for (int dlci = 1; dlci < channels.length; dlci++) {
            int channel = dlci;
            channels[dlci] = new Host(new Host.Sink() {
                @Override
                public void write(byte[] bytes) throws IOException {
                    for (int at = 0; at < bytes.length; at += 127) {
                        send(channel, 0xEF, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 127)));
                    }
                }

                @Override
                public void close() {}
            });
        }
    }

    /** Starts the multiplexer over a line in memory, with {@code AT+CMUX} and these arguments. */
    static MuxHost over(MemoryLine line, String arguments) throws IOException {
        MuxHost mux = onLine(line);
        synchronized (mux) {
            mux.plain = new Host(mux.wire);
        }
        mux.plain.write("ATE0;+IFC=2,2;+QURCCFG=\"urcport\",\"uart1\";+QISDE=0;+QIACT=1\r");
        mux.plain.expectContaining("OK\r\n");
        mux.plain.clear();
        mux.plain.command("AT+CMUX=" + arguments, "\r\nOK\r\n");
        mux.framed();
        return mux;
    }

    /** Opens a line in memory that carries frames from the first byte on, or text until {@link #framed}. */
    static MuxHost onLine(MemoryLine line) throws IOException {
        MuxHost mux = new MuxHost(new Host.Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                line.write(bytes, 0, bytes.length);
            }

            @Override
            public void close() {
                line.close();
            }
        });
        line.open(115_200, true, new MemoryLine.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                mux.received(buffer, offset, length);
            }

            @Override
            public void onClosed(IOException cause) {}
        });
        return mux;
    }

    private Host plain;

    synchronized void framed() {
        plain = null;
    }

    /** From here on what comes is text again. */
    synchronized Host plainAgain() {
        plain = new Host(wire);
        return plain;
    }

    private synchronized void received(byte[] buffer, int offset, int length) {
        if (plain != null) {
            plain.received(buffer, offset, length);
        } else {
            parser.accept(buffer, offset, length);
        }
    }

    /** Leaves the module's modem status unanswered. */
    MuxHost answersNoStatus() {
        answersStatus = false;
        return this;
    }

    @Override
    public synchronized void frame(int dlci, boolean commandBit, int control, byte[] information, int length) {
        longest = Math.max(longest, length);
        if (dlci > 0 && control == 0xEF) {
            channels[dlci].received(information, 0, length);
            return;
        }
        frames.add(dlci + " " + (commandBit ? 1 : 0) + " " + Integer.toHexString(control) + (length > 0 ? " " : "")
                + HexFormat.of().formatHex(information, 0, length));
        if (dlci == 0 && answersStatus && length == 4 && (information[0] & 0xff) == 0xE3) {
            send(0, 0xEF, new byte[] {(byte) 0xE1, 5, information[2], information[3]});
        }
    }

    @Override
    public synchronized void badFrame() {
        frames.add("bad");
    }

    synchronized List<String> frames() {
        return List.copyOf(frames);
    }

    synchronized int longest() {
        return longest;
    }

    /** Sends a frame with C/R 1, as an initiator's commands have it. */
    void send(int dlci, int control, byte[] information) {
        synchronized (out) {
            int end = MuxFrame.write(out, 0, dlci, true, control, information, 0, information.length);
            raw(Arrays.copyOf(out, end));
        }
    }

    void raw(byte[] bytes) {
        try {
            wire.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void send(int dlci, int control, String hex) {
        send(dlci, control, HexFormat.of().parseHex(hex));
    }

    /** Waits for a frame since the last time, and forgets all up to it. */
    void expect(String frame) {
        Awaitility.await().untilAsserted(() -> assertThat(frames()).contains(frame));
        synchronized (this) {
            frames.subList(0, frames.indexOf(frame) + 1).clear();
        }
    }

    /** Opens channels, 0 among them. */
    MuxHost open(int... dlcis) {
        for (int dlci : dlcis) {
            send(dlci, 0x3F, "");
            expect(dlci + " 1 73");
        }
        return this;
    }

    /** Opens a channel and silences its echo. */
    Host port(int dlci) {
        open(dlci);
        channels[dlci].write("ATE0\r");
        channels[dlci].expectContaining("OK\r\n");
        channels[dlci].clear();
        return channels[dlci];
    }

    Host channel(int dlci) {
        return channels[dlci];
    }

    /** Tells the module how this side's lines of a channel stand. */
    void status(int dlci, int lines) {
        send(0, 0xEF, new byte[] {(byte) 0xE3, 5, (byte) (dlci << 2 | 3), (byte) lines});
        expect("0 0 ef e105" + HexFormat.of().toHexDigits((byte) (dlci << 2 | 3))
                + HexFormat.of().toHexDigits((byte) lines));
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
