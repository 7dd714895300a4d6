package io.uartnio.emulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Where unsolicited result codes go: to the UART only if {@code urcport} says so, held back while {@code urc/cache} is
 * on, late by {@code urcdelay}, and while a socket owns the line in transparent mode later or never. Any thread.
 */
final class Urcs {

    /** A module has no room for more. */
    private static final int LONGEST_HELD = 100;

    private final EmulatorOptions options;
    private final ModuleSettings settings;
    private final LineOutput output;
    private final ScheduledExecutorService timer;
    private final BooleanSupplier transparent;
    private final List<String> held = new ArrayList<>();
    private final List<String> heldByData = new ArrayList<>();

    Urcs(
            EmulatorOptions options,
            ModuleSettings settings,
            LineOutput output,
            ScheduledExecutorService timer,
            BooleanSupplier transparent) {
        this.options = options;
        this.settings = settings;
        this.output = output;
        this.timer = timer;
        this.transparent = transparent;
    }

    /** Says whether URCs come out of the UART. */
    boolean reachHost() {
        return settings.urcPort().equals("uart1");
    }

    /** Says whether the URCs of sockets, all opened from the UART, come out of the UART. */
    boolean socketUrcsReachHost() {
        return reachHost() || !options.socketUrcsFollowUrcPort;
    }

    /** Sends a URC that concerns no socket. */
    void send(String text) {
        if (reachHost()) {
            hand(text);
        }
    }

    /** Sends a URC of the sockets' side of the module. */
    void sendSocketUrc(String text) {
        if (socketUrcsReachHost()) {
            hand(text);
        }
    }

    private void hand(String text) {
        if (transparent.getAsBoolean()) {
            holdByData(text);
        } else if (settings.urcCache()) {
            synchronized (held) {
                held.add(text);
            }
        } else if (settings.urcDelaySeconds() > 0) {
            Future<?> unused = timer.schedule(() -> put(text), settings.urcDelaySeconds(), TimeUnit.SECONDS);
        } else {
            put(text);
        }
    }

    /** Sends the result of an open, whatever {@code urcport} says: it comes on the port that asked for it. */
    void sendResult(String text) {
        if (transparent.getAsBoolean()) {
            holdByData(text);
        } else {
            put(text);
        }
    }

    private void holdByData(String text) {
        synchronized (held) {
            if (!options.urcsLostInDataMode && heldByData.size() < LONGEST_HELD) {
                heldByData.add(text);
            }
        }
    }

    /** The line is for commands again: what was due meanwhile follows. */
    void dataModeEnded() {
        List<String> texts;
        synchronized (held) {
            texts = List.copyOf(heldByData);
            heldByData.clear();
        }
        texts.forEach(this::put);
    }

    /** Sends what was held back. */
    void release() {
        List<String> texts;
        synchronized (held) {
            texts = List.copyOf(held);
            held.clear();
        }
        texts.forEach(this::put);
        output.wake();
    }

    /** Forgets what was held back. */
    void clear() {
        synchronized (held) {
            held.clear();
            heldByData.clear();
        }
    }

    private void put(String text) {
        byte[] bytes = ("\r\n" + text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        output.putNow(LineFrame.Kind.URC, bytes, null);
    }
}
