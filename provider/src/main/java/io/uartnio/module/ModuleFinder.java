package io.uartnio.module;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtTimeoutException;
import io.uartnio.at.Bytes;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds a module on a port: at which rate it listens, out of whatever state an earlier host left it in. Most of the
 * time it is at the rate asked for or at 115200 and answers the first {@code AT}; else it is told to end a multiplexer,
 * the other rates are tried, and then the ways out of data mode ({@code +++} between silences) and of an unfinished send (it gives up by itself after
 * some seconds). Lane thread.
 */
public final class ModuleFinder {

    /** The rates that the Quectel AT manuals list for AT+IPR, the factory's first. */
    private static final List<Integer> RATES =
            List.of(115_200, 921_600, 460_800, 230_400, 57_600, 38_400, 19_200, 9_600, 4_800);

    private static final long ANSWER_MILLIS = 300;
    /** The first AT may be swallowed by whatever the line held before. */
    private static final int ATTEMPTS = 2;
    /** Silence that {@code +++} needs before and after it: at least 1 s, and some modules 1004 ms. */
    private static final long ESCAPE_GUARD_MILLIS = 1_100;
    /** A module gives up waiting for payload after 5 s without any (QICFG qisend/timeout as the factory sets it). */
    private static final long UNFINISHED_SEND_MILLIS = 6_000;

    private static final String REVISION = "Revision:";

    private final AtChannel channel;
    private final Consumer<String> progress;
    private final byte[] leaveMux;

    /**
     * Creates a finder that tells what it does.
     *
     * @param leaveMux ends a multiplexer that an earlier host left running; a module without one takes it for text
     */
    public ModuleFinder(AtChannel channel, Consumer<String> progress, byte[] leaveMux) {
        this.channel = channel;
        this.progress = progress;
        this.leaveMux = leaveMux.clone();
    }

    /**
     * Finds the module, turns echo off and asks who it is.
     *
     * @param lastRate the rate to try first, in bits a second, or 0
     * @param timeoutMillis how long to look, at least one round of all rates
     * @return the identity; the port is then at the module's rate
     * @throws ModemException if nothing answers
     * @throws IOException if the port closes
     */
    public Identity find(int lastRate, long timeoutMillis) throws IOException {
        Set<Integer> rates = new LinkedHashSet<>();
        if (lastRate > 0) {
            rates.add(lastRate);
        }
        rates.addAll(RATES);
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        boolean escape = false;
        do {
            for (int rate : rates) {
                if (answersAt(rate, escape)) {
                    return identify();
                }
                if (escape && System.nanoTime() - deadlineNanos > 0) {
                    break;
                }
            }
            if (!escape && System.nanoTime() - deadlineNanos < 0) {
                // Whatever is written meanwhile is payload, and begins the module's patience anew.
                progress.accept("waiting for an unfinished send to be given up");
                channel.sleep(UNFINISHED_SEND_MILLIS);
            }
            escape = true;
        } while (System.nanoTime() - deadlineNanos < 0);
        throw new ModemException(
                "no module answers at any rate", channel.details().command("AT"));
    }

    private boolean answersAt(int rate, boolean escape) throws IOException {
        progress.accept("looking for a module at " + rate + " baud");
        try {
            channel.port().setBaudRate(rate);
        } catch (IOException e) {
            if (!channel.port().isOpen()) {
                throw e;
            }
            return false;
        }
        channel.setBaudRate(rate);
        if (escape) {
            channel.sleep(ESCAPE_GUARD_MILLIS);
            channel.writeRaw(Bytes.ascii("+++"));
            channel.sleep(ESCAPE_GUARD_MILLIS);
            // Result codes may be off or numbers; both are undone unheard.
            channel.writeRaw(Bytes.ascii("\rATQ0\r"));
            channel.awaitSilence(50, ANSWER_MILLIS);
            channel.writeRaw(Bytes.ascii("ATV1\r"));
            channel.awaitSilence(50, ANSWER_MILLIS);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (answers()) {
                return true;
            }
        }
        // A multiplexed module says nothing to text. It may not heed +CMUX any more (27.007), but a close down command.
        channel.writeRaw(leaveMux);
        // One that was not has a line of nonsense now, which is not to be the beginning of the next.
        channel.writeRaw(Bytes.ascii("\r"));
        channel.awaitSilence(50, ANSWER_MILLIS);
        return answers();
    }

    private boolean answers() throws IOException {
        channel.forgetModule();
        try {
            channel.execute(AtCommand.of("AT").timeoutMillis(ANSWER_MILLIS));
            return true;
        } catch (AtTimeoutException | AtException e) {
            return false;
        } finally {
            channel.forgetModule();
        }
    }

    /**
     * Asks the module who it is.
     *
     * @throws IOException if it does not say
     */
    private Identity identify() throws IOException {
        // Answers to earlier tries may still be on their way.
        channel.awaitSilence(50, 1_000);
        channel.forgetModule();
        channel.execute(AtCommand.of("ATE0"));
        channel.execute(AtCommand.of("ATV1"));
        channel.execute(AtCommand.of("ATQ0"));
        List<String> lines = channel.execute(AtCommand.of("ATI").information(line -> !line.startsWith("+"), true))
                .lines();
        // Maker, model and revision come together; a banner that got in between stands before them.
        int revision = lines.size() - 1;
        while (revision > 2 && !lines.get(revision).startsWith(REVISION)) {
            revision--;
        }
        int first = Math.max(0, revision - 2);
        String vendor = lines.get(first).strip();
        String model = first + 1 < lines.size() ? lines.get(first + 1).strip() : "";
        String firmware = lines.get(revision).startsWith(REVISION)
                ? lines.get(revision).substring(REVISION.length()).strip()
                : "";
        progress.accept("found " + vendor + " " + model + " " + firmware);
        return new Identity(vendor, model, firmware);
    }
}
