package io.uartnio.module.quectel.ec200x;

import io.uartnio.ModemException;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtReply;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files in the module's UFS: certificates, so what is there is not trusted before it has been read back and compared,
 * and private keys. A file's name carries the beginning of its SHA-256, so that another file is another name; one of the
 * same name and other contents was damaged and is replaced. All begin with {@value #PREFIX}, and no others are touched.
 * Lane thread.
 */
final class UserFileSystem {

    static final String PREFIX = "uartnio_";

    /** Half of a SHA-256: enough that nobody makes two files of one name. Names may have 80 bytes. */
    private static final int HASH_DIGITS = 32;

    private static final long TRANSFER_MILLIS = 15_000;
    /** How long the module waits for more bytes of an upload before it stores what it has, in seconds. */
    private static final int UPLOAD_PATIENCE_SECONDS = 5;

    /** {@code +QFLST: "<name>",<size>}; firmwares put the name of the store before that of the file, or do not. */
    private static final Pattern OURS =
            Pattern.compile("\\+QFLST: *\"(?:UFS:)?(" + PREFIX + "[a-z]+_[0-9a-f]+\\.pem)\" *,.*");

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
     * Returns the name that a file has on the module.
     *
     * @param kind what the file is
     */
    static String name(String kind, byte[] contents) {
        return PREFIX + kind + "_" + sha256(contents).substring(0, HASH_DIGITS) + ".pem";
    }

    /** Makes sure that the module holds exactly these bytes, and returns their {@link #name}. */
    String provide(String kind, byte[] contents) throws IOException {
        return provide(name(kind, contents), contents, false);
    }

    /** As {@link #provide(String, byte[])}; what crosses the line is secret. */
    String provideSecret(String kind, byte[] contents) throws IOException {
        return provide(name(kind, contents), contents, true);
    }

    private String provide(String name, byte[] contents, boolean secret) throws IOException {
        if (compared.contains(name)) {
            return name;
        }
        int size = size(name);
        if (size != contents.length || !Arrays.equals(download(name, size, secret), contents)) {
            if (size >= 0) {
                remove(name);
            }
            upload(name, contents, secret);
            if (!Arrays.equals(download(name, contents.length, secret), contents)) {
                throw new ModemException(
                        "file read back from the module differs from what was written: file=" + name,
                        commands.channel().details().command("AT+QFDWL"));
            }
        }
        compared.add(name);
        return name;
    }

    /** Returns the names of our files on the module. */
    List<String> list() throws IOException {
        AtReply reply;
        try {
            reply = commands.run(AtCommand.of("AT+QFLST=\"*\"").information("+QFLST:"));
        } catch (AtException e) {
            if (e.code() == QuectelError.FILE_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
        List<String> names = new ArrayList<>();
        for (String line : reply.lines()) {
            Matcher listed = OURS.matcher(line);
            if (listed.matches()) {
                names.add(listed.group(1));
            }
        }
        return names;
    }

    /** Removes a file; it need not be there. */
    void remove(String name) throws IOException {
        compared.remove(name);
        try {
            commands.run("AT+QFDEL=\"" + name + "\"");
        } catch (AtException e) {
            if (e.code() != QuectelError.FILE_NOT_FOUND) {
                throw e;
            }
        }
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

    private byte[] download(String name, int size, boolean secret) throws IOException {
        AtCommand command = AtCommand.of("AT+QFDWL=\"" + name + "\"")
                .download(size)
                .information("+QFDWL:")
                .timeoutMillis(TRANSFER_MILLIS);
        return commands.run(secret ? command.secretData() : command).raw();
    }

    private void upload(String name, byte[] contents, boolean secret) throws IOException {
        AtCommand command = AtCommand.of("AT+QFUPL=\"" + name + "\"," + contents.length + "," + UPLOAD_PATIENCE_SECONDS)
                .upload(contents)
                .requiredInformation("+QFUPL:")
                .timeoutMillis(TRANSFER_MILLIS);
        String line;
        try {
            line = commands.run(secret ? command.secretData() : command).firstLine();
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
