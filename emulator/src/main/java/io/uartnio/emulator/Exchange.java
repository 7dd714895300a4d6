package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the module answers to one command line. Information text gathers here and leaves with the final result as one
 * frame, after the module's turn-around time; a prompt or an intermediate CONNECT leaves at once. Used by the command
 * thread, for one line at a time.
 */
final class Exchange {

    private static final byte[] CRLF = {'\r', '\n'};

    private final ModulePort port;
    private final PortOutput output;
    private final EmulatorOptions options;
    private final Power power;
    private final LateReplies lateReplies;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final List<Runnable> deeds = new ArrayList<>();
    private Runnable beforeLastRun;

    Exchange(PlayedModule module, ModulePort port) {
        this.port = port;
        this.output = port.output;
        this.options = module.options;
        this.power = module.power;
        this.lateReplies = module.lateReplies;
    }

    /** Forgets what is left of an earlier line. */
    void begin() {
        text.reset();
        deeds.clear();
        beforeLastRun = null;
    }

    /** Returns the life of the module in which the line began. */
    long life() {
        return port.input.life();
    }

    /** Adds information text, one line each; nothing for no line. */
    void info(List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        boolean first = true;
        for (String line : lines) {
            if (port.profile().verbose && (first || options.linesFramedSingly)) {
                text.writeBytes(CRLF);
            }
            first = false;
            text.writeBytes(bytes(line));
            text.writeBytes(CRLF);
        }
    }

    /** Adds one line of information text. */
    void info(String line) {
        info(List.of(line));
    }

    /** Adds bytes as they are. */
    void raw(byte[] bytes, int length) {
        text.write(bytes, 0, length);
    }

    /** Sends an intermediate result, such as the CONNECT that asks for a file. */
    void intermediate(String result) {
        turnAround();
        text.writeBytes(finalResult(result));
        send(Kind.REPLY);
    }

    /** Asks for payload. */
    void prompt(String prompt) {
        turnAround();
        text.writeBytes(bytes(prompt));
        send(Kind.PROMPT);
    }

    /** Sends bytes back as they came. */
    void echo(byte[] bytes, int length) {
        byte[] copy = Arrays.copyOf(bytes, length);
        output.put(Kind.ECHO, copy, null);
    }

    /** Notes what must happen just before the host can have seen the whole result, such as a change of the rate. */
    void beforeHostSeesResult(Runnable deed) {
        beforeLastRun = deed;
    }

    /** Notes what a good command of the line does after the result. */
    void after(Result result) {
        if (result.afterwards() != null) {
            deeds.add(result.afterwards());
        }
    }

    /** Ends the line. */
    void finish(Result result) {
        turnAround();
        port.check();
        boolean silent = result.kind() == Result.Kind.NOTHING || port.profile().quiet;
        if (!silent) {
            if (options.strayUrcsInsideReplies && text.size() > 0) {
                send(Kind.REPLY);
            }
            text.writeBytes(finalResult(describe(result)));
        }
        List<Runnable> afterwards = List.copyOf(deeds);
        byte[] reply = text.toByteArray();
        Runnable sendReply = () -> {
            if (reply.length > 0) {
                output.put(Kind.REPLY, reply, beforeLastRun);
            }
            afterwards.forEach(Runnable::run);
        };
        if (!lateReplies.delay(result.text(), life(), sendReply)) {
            sendReply.run();
        }
    }

    private void turnAround() {
        if (options.latencyMillis > 0) {
            power.sleep(options.latencyMillis, life());
        }
    }

    private void send(Kind kind) {
        output.put(kind, text.toByteArray(), null);
        text.reset();
    }

    private String describe(Result result) {
        if (result.kind() != Result.Kind.CME) {
            return result.text();
        }
        return switch (port.profile().errorReports) {
            case 0 -> "ERROR";
            case 1 -> "+CME ERROR: " + result.code();
            default -> "+CME ERROR: " + ErrorCodes.cmeText(result.code());
        };
    }

    /** Frames a result code; with {@code ATV0} the codes that have a number are that number and CR. */
    private byte[] finalResult(String result) {
        if (port.profile().verbose) {
            return bytes("\r\n" + result + "\r\n");
        }
        String digits = switch (result) {
            case "OK" -> "0";
            case "CONNECT" -> "1";
            case "NO CARRIER" -> "3";
            case "ERROR" -> "4";
            default -> null;
        };
        return bytes(digits != null ? digits + "\r" : "\r\n" + result + "\r\n");
    }

    private static byte[] bytes(String string) {
        return string.getBytes(StandardCharsets.ISO_8859_1);
    }
}
