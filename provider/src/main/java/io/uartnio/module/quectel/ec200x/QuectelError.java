package io.uartnio.module.quectel.ec200x;

import java.util.Map;

/** Names of the result codes of the TCP/IP and SSL commands (SSL application note section 5) and of the file system. */
final class QuectelError {

    static final int BIND_FAILED = 556;
    static final int LISTEN_FAILED = 557;

    /** The index already belongs to a connection. */
    static final int SOCKET_IDENTITY_USED = 563;

    static final int DNS_PARSE_FAILED = 565;
    static final int CONNECT_FAILED = 566;
    static final int FILE_NOT_FOUND = 405;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(400, "invalid input value"),
            Map.entry(401, "larger than the size of the file"),
            Map.entry(402, "read zero byte"),
            Map.entry(403, "drive full"),
            Map.entry(405, "file not found"),
            Map.entry(406, "invalid file name"),
            Map.entry(407, "file already exists"),
            Map.entry(409, "write file failed"),
            Map.entry(410, "open file failed"),
            Map.entry(411, "read file failed"),
            Map.entry(413, "too many open files"),
            Map.entry(414, "file read-only"),
            Map.entry(416, "invalid file descriptor"),
            Map.entry(417, "list file failed"),
            Map.entry(418, "delete file failed"),
            Map.entry(419, "get disk info failed"),
            Map.entry(420, "no space"),
            Map.entry(421, "time-out"),
            Map.entry(423, "file too large"),
            Map.entry(425, "invalid parameter"),
            Map.entry(426, "file already opened"),
            Map.entry(550, "unknown error"),
            Map.entry(551, "operation blocked"),
            Map.entry(552, "invalid parameter"),
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
            Map.entry(566, "socket connection failed"),
            Map.entry(567, "socket has been closed"),
            Map.entry(568, "operation busy"),
            Map.entry(569, "operation timeout"),
            Map.entry(570, "PDP context break down"),
            Map.entry(571, "cancel send"),
            Map.entry(572, "operation not allowed"),
            Map.entry(573, "APN not configured"),
            Map.entry(574, "port busy"));

    private QuectelError() {}

    /** Returns the name of a code, or null if the manual has none. */
    static String nameOf(int code) {
        return NAMES.get(code);
    }
}
