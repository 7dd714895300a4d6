package io.uartnio.cli;

import io.uartnio.FlowControl;
import java.nio.file.Path;

/**
 * What the options of {@code uartnio demo} come to.
 *
 * @param port a real module's, or null for the emulator
 * @param host the server as the module sees it
 * @param listen where the server listens; port 0 for any
 * @param baudRate in bits a second
 * @param sockets 1 to 12
 * @param bytes of each socket and direction
 * @param apn or null
 * @param simPin or null
 * @param plain true for plain lines even on a terminal
 * @param json true for a JSON object on the last line of standard output, and nothing else there
 * @param trace or null
 * @param timeoutSeconds for all of it
 * @param verbose true for the log and stack traces
 */
record DemoSettings(
        String port,
        HostPort host,
        HostPort listen,
        int baudRate,
        int sockets,
        long bytes,
        String apn,
        String simPin,
        FlowControl flowControl,
        String urcPort,
        boolean plain,
        boolean json,
        Path trace,
        long timeoutSeconds,
        boolean verbose) {}
