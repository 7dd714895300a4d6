package io.uartnio.modem;

import io.uartnio.at.ScriptedPort;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An EC200N without network, in memory: answers the bring-up, keeps twelve sockets and a file system, and does as the
 * name of the host says that a socket is opened to. Every answer can be replaced by the test.
 */
public final class FakeEc200x implements ScriptedPort.Module {

    static final String OK = line("OK");
    static final String ERROR = line("ERROR");

    private static final Pattern OPEN = Pattern.compile("AT\\+QIOPEN=1,(\\d+),\"TCP\",\"(.*)\",(\\d+),0,([01])");
    private static final Pattern TLS_OPEN = Pattern.compile("AT\\+QSSLOPEN=1,(\\d),(\\d+),\"(.*)\",(\\d+),([01])");
    private static final Pattern SEND = Pattern.compile("AT\\+(QI|QSSL)SEND=(\\d+),(\\d+)");
    private static final Pattern READ = Pattern.compile("AT\\+(QIRD|QSSLRECV)=(\\d+),(\\d+)");
    private static final Pattern SWITCH = Pattern.compile("AT\\+QISWTMD=(\\d+),([01])");
    private static final Pattern CLOSE = Pattern.compile("AT\\+(QI|QSSL)CLOSE=(\\d+),(\\d+)");
    private static final Pattern NAMED = Pattern.compile("AT\\+QF\\w+=\"([^\"]*)\"(?:,(\\d+),(\\d+))?");

    /** One of the module's sockets. */
    static final class Socket {
        final boolean tls;
        final StringBuilder received = new StringBuilder();
        final StringBuilder unread = new StringBuilder();
        boolean buffered;
        int total;
        boolean connected;
        boolean acknowledges = true;
        int failSends;

        Socket(boolean tls, boolean buffered) {
            this.tls = tls;
            this.buffered = buffered;
        }
    }

    public final ScriptedPort port;
    private final Map<String, Function<String, String>> replaced = new ConcurrentHashMap<>();
    private final Map<Integer, Socket> sockets = new TreeMap<>();
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, String> sslItems = new TreeMap<>();
    private final StringBuilder input = new StringBuilder();
    private final StringBuilder commands = new StringBuilder();
    private int payloadOf = -1;
    private int payloadBytes;
    private String uploadTo;
    private int lastError;
    private boolean mute;
    private String prompt = "\r\n> ";
    private String trailer = "\r\n";

    public FakeEc200x(String portName) {
        port = new ScriptedPort(portName).onWrite(this);
    }

    static String line(String text) {
        return "\r\n" + text + "\r\n";
    }

    /** Replaces the answer to every command that begins so; null for none. */
    public FakeEc200x on(String prefix, Function<String, String> answer) {
        replaced.put(prefix, answer);
        return this;
    }

    public FakeEc200x on(String prefix, String answer) {
        return on(prefix, command -> answer);
    }

    public void asEver(String prefix) {
        replaced.remove(prefix);
    }

    /** Sets what the module leaves open: the form of its prompt, and what follows payload. */
    synchronized void forms(String newPrompt, String newTrailer) {
        prompt = newPrompt;
        trailer = newTrailer;
    }

    synchronized void mute(boolean nowMute) {
        mute = nowMute;
    }

    synchronized Socket socket(int index) {
        return sockets.get(index);
    }

    synchronized int openSockets() {
        return sockets.size();
    }

    synchronized int firstOpen() {
        return sockets.keySet().iterator().next();
    }

    synchronized String receivedBy(int index) {
        Socket socket = sockets.get(index);
        return socket == null ? "" : socket.received.toString();
    }

    synchronized void set(Runnable change) {
        change.run();
    }

    public synchronized String commands() {
        return commands.toString();
    }

    public synchronized Map<String, String> files() {
        return files;
    }

    /** Data comes from the peer: it is pushed, or kept and told of. */
    synchronized void push(int index, String payload) {
        Socket socket = socket(index);
        socket.total += payload.length();
        if (socket.buffered) {
            socket.unread.append(payload);
            port.answer(line(urc(socket) + ": \"recv\"," + index));
        } else {
            port.answer(pushed(index, payload));
        }
    }

    private String pushed(int index, String payload) {
        return line(urc(sockets.get(index)) + ": \"recv\"," + index + "," + payload.length()) + payload + trailer;
    }

    private static String urc(Socket socket) {
        return socket.tls ? "+QSSLURC" : "+QIURC";
    }

    void peerCloses(int index) {
        Socket socket = socket(index);
        set(() -> socket.connected = false);
        port.answer(line((socket.tls ? "+QSSLURC" : "+QIURC") + ": \"closed\"," + index));
    }

    void urc(String text) {
        port.answer(line(text));
    }

    @Override
    public synchronized void onWritten(byte[] bytes) {
        input.append(new String(bytes, StandardCharsets.ISO_8859_1));
        while (takePayload() || takeCommand()) {
            // as long as there is something to do
        }
    }

    private boolean takePayload() {
        if ((payloadOf < 0 && uploadTo == null) || input.length() < payloadBytes) {
            return false;
        }
        String payload = input.substring(0, payloadBytes);
        input.delete(0, payloadBytes);
        if (uploadTo != null) {
            String name = uploadTo;
            uploadTo = null;
            Function<String, String> damage = replaced.get("upload");
            String stored = damage == null ? payload : damage.apply(payload);
            files.put(name, stored);
            answer(
                    stored.length() < payload.length()
                            ? line("+QFUPL: " + stored.length() + "," + checksum(stored)) + line("+CME ERROR: 421")
                            : line("+QFUPL: " + stored.length() + "," + checksum(stored)) + OK);
            return true;
        }
        Socket socket = sockets.get(payloadOf);
        payloadOf = -1;
        if (socket.failSends > 0) {
            socket.failSends--;
            answer(line("SEND FAIL"));
        } else {
            socket.received.append(payload);
            Function<String, String> answer = replaced.get("payload");
            answer(answer == null ? line("SEND OK") : answer.apply(payload));
        }
        return true;
    }

    private static String checksum(String contents) {
        int sum = 0;
        for (int i = 0; i < contents.length(); i++) {
            sum ^= i % 2 == 0 ? contents.charAt(i) << 8 : contents.charAt(i);
        }
        return Integer.toHexString(sum);
    }

    private boolean takeCommand() {
        int end = payloadOf < 0 && uploadTo == null ? input.indexOf("\r") : -1;
        if (end < 0) {
            return false;
        }
        String command = input.substring(0, end).replace("\n", "");
        input.delete(0, end + 1);
        commands.append(command).append('\n');
        for (Map.Entry<String, Function<String, String>> entry : replaced.entrySet()) {
            if (command.startsWith(entry.getKey())) {
                answer(entry.getValue().apply(command));
                return true;
            }
        }
        if (!command.isEmpty()) {
            answer(answerTo(command));
        }
        return true;
    }

    private void answer(String bytes) {
        if (bytes != null && !mute) {
            port.answer(bytes);
        }
    }

    /** What a module answers that is asked as usual. */
    String answerTo(String command) {
        Matcher send = SEND.matcher(command);
        Matcher close = CLOSE.matcher(command);
        Matcher open = OPEN.matcher(command);
        Matcher tlsOpen = TLS_OPEN.matcher(command);
        Matcher read = READ.matcher(command);
        Matcher switched = SWITCH.matcher(command);
        if (open.matches()) {
            return open(Integer.parseInt(open.group(1)), open.group(2), false, open.group(4));
        } else if (tlsOpen.matches()) {
            return open(Integer.parseInt(tlsOpen.group(2)), tlsOpen.group(3), true, tlsOpen.group(5));
        } else if (read.matches()) {
            return read(read.group(1), Integer.parseInt(read.group(2)), Integer.parseInt(read.group(3)));
        } else if (switched.matches()) {
            return switchMode(Integer.parseInt(switched.group(1)), switched.group(2));
        } else if (send.matches()) {
            return send(Integer.parseInt(send.group(2)), Integer.parseInt(send.group(3)));
        } else if (close.matches()) {
            return sockets.remove(Integer.parseInt(close.group(2))) == null ? ERROR : OK;
        } else if (command.startsWith("AT+QF")) {
            return file(command);
        } else if (command.startsWith("AT+QSSLCFG=")) {
            return sslItem(command.substring("AT+QSSLCFG=".length()));
        }
        return switch (command) {
            case "ATI" -> line("Quectel\r\nEC200N\r\nRevision: EC200NCNAAR05A03M16") + OK;
            case "AT+CMEE?" -> line("+CMEE: 1") + OK;
            case "AT+IPR?" -> line("+IPR: 115200") + OK;
            case "AT+CPIN?" -> line("+CPIN: READY") + OK;
            case "AT+CEREG?" -> line("+CEREG: 0,1") + OK;
            case "AT+QIACT?" -> line("+QIACT: 1,1,1,\"10.0.0.2\"") + OK;
            case "AT+QICSGP=1" -> line("+QICSGP: 1,\"internet\",\"\",\"\",0") + OK;
            case "AT+QIGETERROR" -> line("+QIGETERROR: " + lastError + ", some words") + OK;
            case "AT+CFUN=1,1" -> restart();
            default -> command.contains("STATE") ? states(command) : OK;
        };
    }

    /** {@code "<item>",<context>[,<value>]}. */
    private String sslItem(String parameters) {
        String[] fields = parameters.split(",", 3);
        String item = fields[0] + "," + fields[1];
        if (fields.length == 2) {
            return line("+QSSLCFG: " + item + "," + sslItems.getOrDefault(item, "0")) + OK;
        }
        sslItems.put(item, fields[2]);
        return OK;
    }

    /** The settings of SSL contexts, by {@code "<item>",<context>}. */
    public synchronized Map<String, String> sslItems() {
        return sslItems;
    }

    private String restart() {
        sockets.clear();
        sslItems.clear();
        return OK + line("RDY");
    }

    private String read(String name, int index, int length) {
        Socket socket = sockets.get(index);
        if (socket == null) {
            return ERROR;
        }
        if (length == 0) {
            int unread = socket.unread.length();
            return line("+" + name + ": " + socket.total + "," + (socket.total - unread) + "," + unread) + OK;
        }
        String data = socket.unread.substring(0, Math.min(length, socket.unread.length()));
        socket.unread.delete(0, data.length());
        return line("+" + name + ": " + data.length()) + (data.isEmpty() ? "" : data + "\r\n") + OK;
    }

    /** What waits is pushed as soon as the module pushes again. */
    private String switchMode(int index, String mode) {
        Socket socket = sockets.get(index);
        if (socket == null || !socket.connected) {
            return ERROR;
        }
        socket.buffered = mode.equals("0");
        StringBuilder answer = new StringBuilder(OK);
        while (!socket.buffered && !socket.unread.isEmpty()) {
            String data = socket.unread.substring(0, Math.min(1460, socket.unread.length()));
            socket.unread.delete(0, data.length());
            answer.append(pushed(index, data));
        }
        return answer.toString();
    }

    private String open(int index, String host, boolean tls, String mode) {
        if (host.startsWith("error")) {
            lastError = 552;
            return ERROR;
        }
        if (sockets.containsKey(index)) {
            return OK + opened(index, tls, 563);
        }
        Socket socket = new Socket(tls, mode.equals("0"));
        sockets.put(index, socket);
        if (host.startsWith("silent")) {
            return OK;
        } else if (host.startsWith("refused")) {
            return OK + opened(index, tls, 566);
        } else if (host.startsWith("unknown")) {
            return OK + opened(index, tls, 565);
        }
        socket.connected = true;
        return OK + opened(index, tls, 0);
    }

    private static String opened(int index, boolean tls, int code) {
        return line((tls ? "+QSSLOPEN: " : "+QIOPEN: ") + index + "," + code);
    }

    private String send(int index, int length) {
        Socket socket = sockets.get(index);
        if (socket == null || !socket.connected) {
            lastError = 567;
            return ERROR;
        }
        if (length == 0) {
            int sent = socket.received.length();
            return line("+QISEND: " + sent + "," + (socket.acknowledges ? sent + ",0" : "0," + sent)) + OK;
        }
        payloadOf = index;
        payloadBytes = length;
        return prompt;
    }

    private String states(String command) {
        boolean tls = command.startsWith("AT+QSSL");
        StringBuilder states = new StringBuilder();
        sockets.forEach((index, socket) -> {
            boolean asked = command.endsWith("STATE?")
                    || command.endsWith("STATE")
                    || command.endsWith("=" + index)
                    || command.endsWith("," + index);
            if (socket.tls == tls && asked) {
                states.append(line((tls ? "+QSSLSTATE: " : "+QISTATE: ") + index + ",\"TCP\",\"10.0.0.1\",80,4711,"
                        + (socket.connected ? 2 : 4) + ",1," + index + ",1,\"uart1\""));
            }
        });
        return states + OK;
    }

    private String file(String command) {
        Matcher named = NAMED.matcher(command);
        if (!named.matches()) {
            return ERROR;
        }
        String name = named.group(1);
        if (command.equals("AT+QFLST=\"*\"")) {
            StringBuilder list = new StringBuilder();
            files.forEach((file, held) -> list.append(line("+QFLST: \"" + file + "\"," + held.length())));
            return list + OK;
        }
        String contents = files.get(name);
        if (command.startsWith("AT+QFUPL")) {
            if (contents != null) {
                return line("+CME ERROR: 407");
            }
            uploadTo = name;
            payloadBytes = Integer.parseInt(named.group(2));
            return line("CONNECT");
        }
        if (contents == null) {
            return line("+CME ERROR: 405");
        }
        if (command.startsWith("AT+QFDEL")) {
            files.remove(name);
            return OK;
        }
        return command.startsWith("AT+QFLST")
                ? line("+QFLST: \"UFS:" + name + "\"," + contents.length()) + OK
                : "\r\nCONNECT\r\n" + contents + line("+QFDWL: " + contents.length() + "," + checksum(contents)) + OK;
    }
}
