package io.uartnio.emulator;

import java.util.Map;

/** The error numbers of the manuals with their texts: {@code AT+QIGETERROR} and {@code +CME ERROR}. */
final class ErrorCodes {

    static final int UNKNOWN = 550;
    static final int INVALID_PARAMETER = 552;
    static final int NOT_SUPPORTED = 555;
    static final int BIND_FAILED = 556;
    static final int LISTEN_FAILED = 557;
    static final int OPEN_PDP_FAILED = 561;
    static final int IDENTITY_USED = 563;
    static final int DNS_PARSE_FAILED = 565;
    static final int CONNECT_FAILED = 566;
    static final int SOCKET_CLOSED = 567;
    static final int TIMEOUT = 569;
    static final int CANCEL_SEND = 571;
    static final int NOT_ALLOWED = 572;
    static final int MEMORY_NOT_ENOUGH = 553;

    static final int CME_NOT_ALLOWED = 3;
    static final int CME_SIM_NOT_INSERTED = 10;
    static final int CME_SIM_PIN_REQUIRED = 11;
    static final int CME_SIM_PUK_REQUIRED = 12;
    static final int CME_SIM_BUSY = 14;
    static final int CME_INCORRECT_PASSWORD = 16;
    static final int CME_FILE_INVALID_INPUT = 400;
    static final int CME_FILE_NOT_FOUND = 405;
    static final int CME_FILE_INVALID_NAME = 406;
    static final int CME_FILE_EXISTS = 407;
    static final int CME_FILE_TOO_MANY_OPEN = 413;
    static final int CME_FILE_INVALID_HANDLE = 416;
    static final int CME_FILE_NO_SPACE = 420;
    static final int CME_FILE_TIMEOUT = 421;

    private static final Map<Integer, String> SOCKET_TEXTS = Map.ofEntries(
            Map.entry(0, "operate successfully"),
            Map.entry(550, "unknown error"),
            Map.entry(551, "operation blocked"),
            Map.entry(552, "invalid parameters"),
            Map.entry(553, "memory not enough"),
            Map.entry(554, "create socket failed"),
            Map.entry(555, "operation not supported"),
            Map.entry(556, "socket bind failed"),
            Map.entry(557, "socket listen failed"),
            Map.entry(558, "socket write failed"),
            Map.entry(559, "socket read failed"),
            Map.entry(560, "socket accept failed"),
            Map.entry(561, "open PDP context failed"),
            Map.entry(562, "close PDP context failed"),
            Map.entry(563, "socket identity has been used"),
            Map.entry(564, "DNS busy"),
            Map.entry(565, "DNS parse failed"),
            Map.entry(566, "socket connect failed"),
            Map.entry(567, "socket has been closed"),
            Map.entry(568, "operation busy"),
            Map.entry(569, "operation timeout"),
            Map.entry(570, "PDP context broken down"),
            Map.entry(571, "cancel send"),
            Map.entry(572, "operation not allowed"),
            Map.entry(573, "APN not configured"),
            Map.entry(574, "port busy"));

    private static final Map<Integer, String> CME_TEXTS = Map.ofEntries(
            Map.entry(3, "operation not allowed"),
            Map.entry(4, "operation not supported"),
            Map.entry(10, "SIM not inserted"),
            Map.entry(11, "SIM PIN required"),
            Map.entry(12, "SIM PUK required"),
            Map.entry(13, "SIM failure"),
            Map.entry(14, "SIM busy"),
            Map.entry(15, "SIM wrong"),
            Map.entry(16, "incorrect password"),
            Map.entry(30, "no network service"),
            Map.entry(31, "network timeout"),
            Map.entry(400, "invalid input value"),
            Map.entry(405, "file not found"),
            Map.entry(406, "invalid file name"),
            Map.entry(407, "file already existed"),
            Map.entry(413, "too many opened files"),
            Map.entry(416, "invalid file descriptor"),
            Map.entry(420, "no more space"),
            Map.entry(421, "operation timeout"));

    private ErrorCodes() {}

    static String socketText(int code) {
        return SOCKET_TEXTS.getOrDefault(code, "unknown error");
    }

    static String cmeText(int code) {
        return CME_TEXTS.getOrDefault(code, "unknown error");
    }
}
