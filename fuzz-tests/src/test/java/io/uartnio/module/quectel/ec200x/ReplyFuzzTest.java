package io.uartnio.module.quectel.ec200x;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.uartnio.AccessMode;
import io.uartnio.FlowControl;
import io.uartnio.TlsProfile;
import io.uartnio.at.AtChannel;
import io.uartnio.at.PayloadSink;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleEvents;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.module.SendCounters;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The driver asks, and the module answers anything: each call ends in a result within its range or in an
 * {@link IOException}, never in another exception and never not at all.
 *
 * <p>An input begins with a byte that says what the driver is asked to do, with 0x80 for a socket that is pushed data,
 * and goes on with the module's replies, 0xff between them.
 */
class ReplyFuzzTest {

    private static final byte SEPARATOR = (byte) 0xff;
    private static final int MAX_REPLIES = 12;
    private static final long COMMAND_MILLIS = 5_000;
    private static final long FRAME_MILLIS = 50;
    private static final TlsProfile TLS = TlsProfile.builder()
            .trustAnchors(trustAnchors())
            .allowUncheckedHostName()
            .build();

    private static final BringUpSettings SETTINGS =
            new BringUpSettings(115_200, FlowControl.RTS_CTS, "apn", null, null, null, "uart1", 0, 0, step -> {});

    private static Path trustAnchors() {
        try {
            return Path.of(ReplyFuzzTest.class.getResource("trust.pem").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @FuzzTest
    @DictionaryFile(resourcePath = "ReplyFuzzTest.dict")
    void anyReplyEndsInAResultOrAnIoException(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int what = (data[0] & 0x1f) % 18;
        ScriptedModule module = new ScriptedModule(what == 14 || what == 15);
        AtChannel channel = new AtChannel(module, new AnySink(), () -> {}, COMMAND_MILLIS, FRAME_MILLIS);
        module.attach(channel);
        ModuleDriver driver =
                new Ec200xDriverProvider().create(new Identity("Quectel", "EC200N", "fuzz"), channel, new NoEvents());
        channel.setGrammar(driver.grammar());
        channel.setUnsolicitedHandler(driver);
        channel.setStrict(data[0] < 0);
        script(module, data);
        try {
            run(driver, what);
        } catch (IOException e) {
            // one of the two ways to end
        }
    }

    private static void script(ScriptedModule module, byte[] data) {
        int from = 1;
        for (int replies = 1; from < data.length && replies <= MAX_REPLIES; replies++) {
            int end = from;
            while (end < data.length && (data[end] != SEPARATOR || replies == MAX_REPLIES)) {
                end++;
            }
            module.add(Arrays.copyOfRange(data, from, end));
            from = end + 1;
        }
    }

    private static void run(ModuleDriver driver, int what) throws IOException {
        switch (what) {
            case 0 -> checkIndexes(driver.openIndexes());
            case 1 -> driver.isConnected(0, false);
            case 2 -> driver.isConnected(1, true);
            case 3 -> checkCounters(driver.sendCounters(0, false));
            case 4 -> driver.close(0, false);
            case 5 -> driver.close(1, true);
            case 6 -> driver.closeAll();
            case 7 -> driver.explainRefusal(0, false);
            case 8 -> checkRange(driver.read(0, false), 0, 1500);
            case 9 -> checkRange(driver.read(1, true), 0, 1500);
            case 10 -> driver.send(0, false, "hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
            case 11 -> driver.send(1, true, "hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
            case 12 -> driver.open(0, new OpenRequest("host", 80, null, AccessMode.DIRECT_PUSH, 1_000));
            case 13 -> driver.open(1, new OpenRequest("host", 443, TLS, AccessMode.BUFFER, 1_000));
            case 14 -> driver.bringUp(SETTINGS);
            case 15 -> driver.restoreNetwork(SETTINGS);
            case 16 -> checkCounters(driver.receiveCounters(0, false));
            default -> driver.switchMode(0, false, AccessMode.BUFFER);
        }
    }

    private static void checkCounters(SendCounters counters) {
        if (counters != null) {
            checkRange(counters.total(), 0, Long.MAX_VALUE);
            checkRange(counters.unacknowledged(), 0, Long.MAX_VALUE);
        }
    }

    private static void checkCounters(ReceiveCounters counters) {
        if (counters != null) {
            checkRange(counters.total(), 0, Long.MAX_VALUE);
            checkRange(counters.read(), 0, Long.MAX_VALUE);
            checkRange(counters.unread(), 0, Long.MAX_VALUE);
        }
    }

    private static void checkIndexes(List<Integer> indexes) {
        indexes.forEach(index -> checkRange(index, 0, 11));
    }

    private static void checkRange(long value, long min, long max) {
        if (value < min || value > max) {
            throw new AssertionError("out of range: value=" + value);
        }
    }

    /** Takes payload for sockets 0 and 1. */
    private static final class AnySink implements PayloadSink {
        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            checkRange(index, 0, 11);
            checkRange(lengthBytes, 0, 1500);
            return index < 2;
        }

        @Override
        public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
            return onFrame(index, tls, lengthBytes);
        }

        @Override
        public void onReadEmpty(int index, boolean tls) {
            checkRange(index, 0, 1);
        }

        @Override
        public void onPayload(byte[] bytes, int offset, int length) {}

        @Override
        public void onFrameEnd() {}

        @Override
        public void onDoubt(FramingDoubt doubt) {}
    }

    private static final class NoEvents implements ModuleEvents {
        @Override
        public void onOpened(int index, boolean tls) {}

        @Override
        public void onOpenFailed(int index, boolean tls, int code, String codeName) {}

        @Override
        public void onPeerClosed(int index, boolean tls) {}

        @Override
        public void onDataWaiting(int index, boolean tls) {}

        @Override
        public void onContextLost() {}

        @Override
        public void onRestartSuspected() {}
    }
}
