package io.uartnio.module.quectel.ec200x;

import io.uartnio.ModemException;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtReply;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files in the module's UFS: certificates, so what is there is not trusted before it has been read back and compared.
 * A file's name carries the beginning of its SHA-256, so that another file is another name; one of the same name and
 * other contents was damaged and is replaced. Lane thread.
 */
final class UserFileSystem {

    private static final long TRANSFER_MILLIS = 15_000;
    /** How long the module waits for more bytes of an upload before it stores what it has, in seconds. */
    private static final int UPLOAD_PATIENCE_SECONDS = 5;

    private final Ec200xCommands commands;
    /** Names compared since the module was brought up. */
    private final Set<String> compared = new HashSet<>();

    UserFileSystem(Ec200xCommands commands) {
        this.commands = commands;
    }

    void forget() {
        compared.clear();
    }

    /**
     * Makes sure that the module holds exactly these bytes.
     *
     * @param kind what the file is, the beginning of its name
     * @return its name
     */
    String provide(String kind, byte[] contents) throws IOException {
        String name = kind + "_" + sha256(contents).substring(0, 16) + ".pem";
        if (compared.contains(name)) {
            return name;
        }
        int size = size(name);
        if (size != contents.length || !Arrays.equals(download(name, size), contents)) {
            if (size >= 0) {
                commands.run("AT+QFDEL=\"" + name + "\"");
            }
            upload(name, contents);
            if (!Arrays.equals(download(name, contents.length), contents)) {
                throw new ModemException(
                        "file read back from the module differs from what was written: file=" + name,
                        commands.channel().details().command("AT+QFDWL"));
            }
        }
        compared.add(name);
        return name;
    }

    /** Returns the size of a file in bytes, or -1 if there is none. */
    private int size(String name) throws IOException {
        AtReply reply;
        try {
            reply = commands.run(AtCommand.of("AT+QFLST=\"" + name + "\"").information("+QFLST:"));
        } catch (AtException e) {
            // +CME ERROR: 405, file not found; firmwares differ in which commands say so.
            return -1;
        }
        for (String line : reply.lines()) {
            String value = line.substring(line.lastIndexOf(',') + 1).strip();
            if (line.contains(name) && value.matches("[0-9]{1,9}")) {
                return Integer.parseInt(value);
            }
        }
        return -1;
    }

    private byte[] download(String name, int size) throws IOException {
        return commands.run(AtCommand.of("AT+QFDWL=\"" + name + "\"")
                        .download(size)
                        .information("+QFDWL:")
                        .timeoutMillis(TRANSFER_MILLIS))
                .raw();
    }

    private void upload(String name, byte[] contents) throws IOException {
        AtCommand command = AtCommand.of("AT+QFUPL=\"" + name + "\"," + contents.length + "," + UPLOAD_PATIENCE_SECONDS)
                .upload(contents)
                .requiredInformation("+QFUPL:")
                .timeoutMillis(TRANSFER_MILLIS);
        String line;
        try {
            line = commands.run(command).firstLine();
        } catch (AtException e) {
            // What arrived of a file that was cut short stays stored.
            commands.tryToRun("AT+QFDEL=\"" + name + "\"");
            throw e;
        }
        String expected = contents.length + "," + checksum(contents);
        String[] answer = line.substring(line.indexOf(':') + 1).strip().split(",", -1);
        if (answer.length != 2
                || !answer[0].strip().equals(Integer.toString(contents.length))
                || !isHex(answer[1].strip(), checksum(contents))) {
            commands.tryToRun("AT+QFDEL=\"" + name + "\"");
            throw new ModemException(
                    "file did not arrive whole in the module: file=" + name + ", expected=" + expected + ", answer="
                            + line,
                    commands.channel().details().command(command.toString()));
        }
    }

    /** The module drops leading zeros, so numbers are compared and not digits. */
    private static boolean isHex(String text, int expected) {
        try {
            return Integer.parseInt(text, 16) == expected;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** XOR of the file's 16-bit big-endian words; an odd last byte is the high byte of a word with a low byte of 0. */
    static int checksum(byte[] contents) {
        int sum = 0;
        for (int i = 0; i < contents.length; i += 2) {
            int low = i + 1 < contents.length ? contents[i + 1] & 0xff : 0;
            sum ^= (contents[i] & 0xff) << 8 | low;
        }
        return sum;
    }

    private static String sha256(byte[] contents) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(contents));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
