package io.uartnio.cli;

import java.nio.file.Path;

/**
 * What the options of {@code uartnio demo} come to.
 *
 * @param module which module, and the server it connects to
 * @param baudRate in bits a second
 * @param sockets 1 to 12
 * @param bytes of each socket and direction
 * @param plain true for plain lines even on a terminal
 * @param json true for a JSON object on the last line of standard output, and nothing else there
 * @param trace or null
 * @param timeoutSeconds for all of it
 * @param verbose true for the log and stack traces
 */
record DemoSettings(
        ModuleSettings module,
        int baudRate,
        int sockets,
        long bytes,
        boolean plain,
        boolean json,
        Path trace,
        long timeoutSeconds,
        boolean verbose) {}
