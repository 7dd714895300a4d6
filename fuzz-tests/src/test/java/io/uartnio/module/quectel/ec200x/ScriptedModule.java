package io.uartnio.module.quectel.ec200x;

import io.uartnio.at.AtChannel;
import io.uartnio.at.ChannelInside;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;

/**
 * A module that answers in the thread of whoever writes, so that nothing waits and a run can be repeated. What it says
 * to a command is the next of the replies it was given, in whatever state that leaves the channel; then it sees to it
 * that the command ends. Without a reply left it answers as a module would.
 */
final class ScriptedModule implements UartPort {

    /** More than any announcement can swallow. */
    private static final int MAX_CLOSING_WORDS = 2_000;

    private final Queue<byte[]> replies = new ArrayDeque<>();
    private final boolean queriesOnly;
    private AtChannel channel;
    private boolean payloadExpected;

    /** Creates a module that says such replies to queries only, or to every command. */
    ScriptedModule(boolean queriesOnly) {
        this.queriesOnly = queriesOnly;
    }

    void add(byte[] reply) {
        replies.add(reply);
    }

    void attach(AtChannel newChannel) {
        channel = newChannel;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
        if (payloadExpected) {
            payloadExpected = false;
            say(replies.isEmpty() ? "\r\nSEND OK\r\n".getBytes(StandardCharsets.US_ASCII) : replies.remove());
            end();
            return;
        }
        String command = new String(buffer, offset, length - 1, StandardCharsets.US_ASCII);
        boolean transfer = command.startsWith("AT+QFUPL") || isSend(command);
        if (replies.isEmpty() || isAnsweredAsAlways(command)) {
            endWhatHasBegun();
            say(answer(command).getBytes(StandardCharsets.US_ASCII));
        } else {
            say(replies.remove());
        }
        if (transfer && ChannelInside.isWaiting(channel) && ChannelInside.mayGoAhead(channel)) {
            payloadExpected = true;
        } else {
            end();
        }
    }

    private static boolean isSend(String command) {
        return (command.startsWith("AT+QISEND=") || command.startsWith("AT+QSSLSEND=")) && !command.endsWith(",0");
    }

    /** The query that finds the place again, and one registration, so that nobody waits for the network. */
    private boolean isAnsweredAsAlways(String command) {
        return command.equals("AT+CMEE?")
                || command.equals("AT+CREG?")
                || (queriesOnly && !command.endsWith("?") && !command.equals("AT+QICSGP=1"));
    }

    private static String answer(String command) {
        String information = switch (command) {
            case "AT+CMEE?" -> "\r\n+CMEE: 1\r\n";
            case "AT+CREG?" -> "\r\n+CREG: 0,1\r\n";
            case "AT+CPIN?" -> "\r\n+CPIN: READY\r\n";
            case "AT+IPR?" -> "\r\n+IPR: 115200\r\n";
            case "AT+QIACT?" -> "\r\n+QIACT: 1,1,1,\"10.0.0.1\"\r\n";
            case "AT+QIGETERROR" -> "\r\n+QIGETERROR: 563,socket identity has been used\r\n";
            case "AT+QICSGP=1" -> "\r\n+QICSGP: 1,\"apn\",\"\",\"\",0\r\n";
            default -> "";
        };
        return information + "\r\nOK\r\n";
    }

    private void say(byte[] bytes) {
        if (bytes.length > 0) {
            channel.listener().onReceived(bytes, 0, bytes.length);
        }
    }

    /** Ends payload and messages that a reply has begun: an answer in the middle of them would be waited for. */
    private void endWhatHasBegun() {
        byte[] lineEnds = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        say(lineEnds);
        for (int i = 0; channel.demultiplexer().isMidFrame(); i++) {
            if (i == MAX_CLOSING_WORDS) {
                throw new AssertionError("a frame cannot be ended any more");
            }
            say(lineEnds);
        }
        say(lineEnds);
    }

    /** Ends the command in flight: first as if it had worked, then by errors until one is believed. */
    private void end() {
        byte[] word = "\r\n\r\nOK\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; ChannelInside.isWaiting(channel); i++) {
            if (i == MAX_CLOSING_WORDS) {
                throw new AssertionError("the command cannot be ended any more");
            }
            say(word);
            word = "\r\n\r\nERROR\r\n".getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public void open(LineSettings settings, Listener listener) {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) {
        return true;
    }

    /** Refuses, because a change of rate is followed by a wait. */
    @Override
    public void setBaudRate(int baudRate) throws IOException {
        throw new IOException("rate refused: baudRate=" + baudRate);
    }

    @Override
    public Set<ControlLine> controlLines() {
        return Set.of();
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return false;
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return false;
    }

    @Override
    public void close() {}
}
