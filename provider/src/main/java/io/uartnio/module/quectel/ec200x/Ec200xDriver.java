package io.uartnio.module.quectel.ec200x;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.ModuleInfo;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.Bytes;
import io.uartnio.at.FirstAnswer;
import io.uartnio.at.SendOutcome;
import io.uartnio.at.TransparentStream;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.frame.Source;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.DatagramRequest;
import io.uartnio.module.Identity;
import io.uartnio.module.ListenRequest;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleEvents;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.module.SendCounters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quectel EC200x and EC800x: twelve sockets, TCP and TLS from one table of indexes, pushed with lengths. What an EC200x
 * manual does not say is taken from the sibling EC200U's (TCP/IP application note) and from the vendor's SSL note.
 */
final class Ec200xDriver implements ModuleDriver {

    /** The PDP context that all sockets use. */
    static final int PDP_CONTEXT = 1;

    private static final int MAX_SOCKETS = 12;
    private static final int MAX_SEND_BYTES = 1460;
    private static final int MAX_READ_BYTES = 1500;
    private static final Set<AccessMode> ACCESS_MODES =
            Set.of(AccessMode.BUFFER, AccessMode.DIRECT_PUSH, AccessMode.ADAPTIVE, AccessMode.TRANSPARENT);

    /** The access_mode of QISWTMD. */
    private static final int TRANSPARENT = 2;

    /** The SSL note, section 1.4, says 1 s; modules have been seen to want some milliseconds more. */
    private static final long GUARD_MILLIS = 1_200;

    private static final long CLOSE_MILLIS = 5_000;
    /** Given to QSSLCLOSE where no profile says more: the module closes as soon as the peer has answered, or then. */
    private static final long TLS_CLOSE_SECONDS = 1;

    /** 3GPP TS 23.003 section 9.1: an access point name has at most 100 octets. */
    private static final int MAX_APN_CHARS = 100;

    private static final int MAX_CREDENTIAL_CHARS = 127;
    private static final int MAX_PIN_CHARS = 8;

    /** {@code <total>,<read>,<unread>}. */
    private static final Pattern COUNTERS =
            Pattern.compile("\\+QI(?:RD|SEND): *(\\d{1,18}), *(\\d{1,18}), *(\\d{1,18})");

    /** A socket's SSL context, what was tried with it, and how it is to be closed. */
    private record TlsUse(int context, TlsAttempt attempt, TlsProfile profile) {}

    private final Identity identity;
    private final Ec200xCommands commands;
    private final AtChannel channel;
    private final Ec200xUnsolicited unsolicited;
    private final Ec200xGrammar grammar = new Ec200xGrammar();
    private final TlsContexts tlsContexts;
    /** By index; null for a socket that has no SSL context. */
    private final TlsUse[] tlsUses = new TlsUse[MAX_SOCKETS];
    /** By index; which of the profile's attempts was the last. */
    private final int[] tlsAttempts = new int[MAX_SOCKETS];

    private final byte[] sendCommand = new byte[64];
    private boolean terminalReadyHeeded;
    /** The settings of UDP have been sent since the module was brought up. */
    private boolean datagramsPrepared;

    /** The module's own address in the network; the wildcard while it is not known. */
    private InetAddress contextAddress = LocalAddress.UNKNOWN;

    Ec200xDriver(Identity identity, AtChannel channel, ModuleEvents events) {
        this.identity = identity;
        this.channel = channel;
        this.commands = new Ec200xCommands(channel);
        this.unsolicited = new Ec200xUnsolicited(events);
        this.tlsContexts = new TlsContexts(commands);
        forgetContexts();
    }

    private void forgetContexts() {
        Arrays.fill(tlsUses, null);
        tlsContexts.forget();
    }

    @Override
    public ModuleInfo info() {
        return new ModuleInfo(
                identity.vendor(),
                identity.model(),
                identity.firmware(),
                MAX_SOCKETS,
                ACCESS_MODES,
                true,
                TlsAttempt.PROTOCOLS,
                TlsCipherSuites.names());
    }

    @Override
    public FrameGrammar grammar() {
        return grammar;
    }

    @Override
    public AtCommand probe() {
        return AtCommand.of("AT+CMEE?").requiredInformation("+CMEE:");
    }

    @Override
    public int maxSendBytes() {
        return MAX_SEND_BYTES;
    }

    @Override
    public void onUnsolicited(byte[] line, int offset, int length) {
        unsolicited.onLine(line, offset, length);
    }

    @Override
    public void bringUp(BringUpSettings settings) throws IOException {
        checkTexts(settings);
        forgetContexts();
        datagramsPrepared = false;
        Ec200xBringUp bringUp = new Ec200xBringUp(commands, settings);
        bringUp.prepareLine();
        terminalReadyHeeded = bringUp.isTerminalReadyHeeded();
        closeAll();
        bringUp.readySim();
        bringUp.awaitRegistration();
        contextAddress = LocalAddress.parse(bringUp.activateContext());
    }

    /** The line is set up before, because its rate cannot be changed while it is multiplexed. */
    @Override
    public int startMux(BringUpSettings settings) throws IOException {
        new Ec200xBringUp(commands, settings).prepareLine();
        return new Ec200xMux(commands).start();
    }

    /** What a caller gives to stand between quotes. */
    private static void checkTexts(BringUpSettings settings) {
        Parameters.text("apn", orEmpty(settings.apn()), MAX_APN_CHARS);
        Parameters.text("apnUser", orEmpty(settings.apnUser()), MAX_CREDENTIAL_CHARS);
        Parameters.secret("apnPassword", orEmpty(settings.apnPassword()), MAX_CREDENTIAL_CHARS);
        Parameters.secret("simPin", orEmpty(settings.simPin()), MAX_PIN_CHARS);
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    @Override
    public void restoreNetwork(BringUpSettings settings) throws IOException {
        contextAddress = LocalAddress.parse(new Ec200xBringUp(commands, settings).restoreContext());
    }

    @Override
    public void check(OpenRequest request) throws IOException {
        Parameters.host(request.host());
        Parameters.port(request.port());
        if (request.isTls()) {
            checkTls(request.host(), request.tls());
        }
    }

    private void checkTls(String host, TlsProfile profile) throws ModemException {
        if (!profile.isVerificationSkipped() && profile.trustAnchors().isEmpty()) {
            throw refusal("TLS needs trust anchors to verify the server by: host=" + host);
        }
        if (!profile.isVerificationSkipped() && !profile.isUncheckedHostNameAllowed()) {
            throw refusal("module does not compare the host name with the certificate, so its TLS needs a profile with"
                    + " allowUncheckedHostName(): host=" + host);
        }
        if (profile.isVerificationSkipped() && profile.hasClientIdentity()) {
            // seclevel 2 is the only one with a client certificate, and verifies (SSL application note 2.2.1).
            throw refusal("module shows a client certificate only where it verifies the server, so its TLS needs a"
                    + " profile without insecureSkipVerification(): host=" + host);
        }
        checkNames("protocol", profile.protocols(), TlsAttempt.PROTOCOLS);
        checkNames("cipher suite", profile.cipherSuites(), TlsCipherSuites.names());
        if (TlsAttempt.of(profile).isEmpty()) {
            throw refusal("no cipher suite of the profile goes with its protocols: cipherSuites="
                    + profile.cipherSuites() + ", protocols=" + profile.protocols());
        }
        try {
            profile.checkValidity(Instant.now());
        } catch (CertificateException e) {
            throw new ModemException(e.getMessage(), channel.details(), e);
        }
    }

    private void checkNames(String what, List<String> wanted, List<String> known) throws ModemException {
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw refusal("module does not have this " + what + " of the profile: name=" + name);
            }
        }
    }

    private ModemException refusal(String what) {
        return new ModemException(what, channel.details());
    }

    @Override
    public void open(int index, OpenRequest request) throws IOException {
        tlsAttempts[index] = 0;
        openWith(index, request);
    }

    @Override
    public boolean openOtherwise(int index, OpenRequest request, int code, int attempt) throws IOException {
        // An index that an earlier host left behind has been closed by now, so the same works a second time.
        if (code == QuectelError.SOCKET_IDENTITY_USED && attempt == 1) {
            openWith(index, request);
            return true;
        }
        // A module reports no more of a failed handshake than this; another suite or version may do.
        if (request.isTls()
                && code == QuectelError.CONNECT_FAILED
                && tlsAttempts[index] + 1 < TlsAttempt.of(request.tls()).size()) {
            tlsAttempts[index]++;
            openWith(index, request);
            return true;
        }
        return false;
    }

    private void openWith(int index, OpenRequest request) throws IOException {
        if (!request.isTls()) {
            commands.run(
                    AtCommand.of("AT+QIOPEN=" + PDP_CONTEXT + "," + index + ",\"TCP\",\"" + request.host() + "\","
                            + request.port() + ",0," + number(request.accessMode())),
                    index);
            return;
        }
        TlsAttempt attempt = TlsAttempt.of(request.tls()).get(tlsAttempts[index]);
        int context = tlsContexts.acquire(request.tls(), attempt);
        tlsUses[index] = new TlsUse(context, attempt, request.tls());
        try {
            commands.run(
                    AtCommand.of("AT+QSSLOPEN=" + PDP_CONTEXT + "," + context + "," + index + ",\"" + request.host()
                            + "\"," + request.port() + "," + number(request.accessMode())),
                    index);
        } catch (AtException e) {
            releaseContext(index);
            throw e;
        }
    }

    /** The module obeys what it was told, where that leaves it no choice. */
    @Override
    public TlsSessionInfo tlsSession(int index, OpenRequest request) {
        TlsUse use = tlsUses[index];
        return use == null
                ? new TlsSessionInfo(request.tls(), null, null)
                : new TlsSessionInfo(request.tls(), use.attempt.protocol(), use.attempt.cipherSuite());
    }

    @Override
    public List<String> removeUnusedFiles() throws IOException {
        return tlsContexts.removeUnusedFiles();
    }

    /** The access_mode of QIOPEN, QSSLOPEN and QISWTMD. */
    private static int number(AccessMode mode) {
        return switch (mode) {
            case BUFFER -> 0;
            case DIRECT_PUSH -> 1;
            case TRANSPARENT, ADAPTIVE -> throw new IllegalArgumentException("no mode of a module: mode=" + mode);
        };
    }

    /** The SSL note, section 1.4, offers the TCP command for the sockets of QSSLOPEN too. */
    @Override
    public boolean switchMode(int index, boolean tls, AccessMode mode) throws IOException {
        try {
            channel.execute(AtCommand.of("AT+QISWTMD=" + index + "," + number(mode)));
            return true;
        } catch (AtException e) {
            return false;
        }
    }

    /** The SSL note, section 1.4, offers this for the sockets of QSSLOPEN too. */
    @Override
    public AtCommand dataModeCommand(int index, boolean tls) {
        return AtCommand.of("AT+QISWTMD=" + index + "," + TRANSPARENT);
    }

    @Override
    public TransparentStream.Traits dataModeTraits() {
        return traits(terminalReadyHeeded);
    }

    /** DCD follows the connection; DTR falling leads out of data mode instead of hanging up. */
    @Override
    public TransparentStream.Traits prepareDataChannel(AtChannel dataChannel) throws IOException {
        FirstAnswer.await(dataChannel);
        Ec200xCommands dataCommands = new Ec200xCommands(dataChannel);
        dataCommands.tryToRun("AT&C1");
        return traits(dataCommands.tryToRun("AT&D1"));
    }

    private static TransparentStream.Traits traits(boolean leavesByDtr) {
        return new TransparentStream.Traits(leavesByDtr, GUARD_MILLIS, Ec200xUnsolicited.BANNERS);
    }

    /** QIRD with length 0 answers with three numbers. QSSLRECV takes a 0 as well, and no manual says what it answers. */
    @Override
    public ReceiveCounters receiveCounters(int index, boolean tls) throws IOException {
        if (tls) {
            return null;
        }
        String line;
        try {
            line = channel.execute(AtCommand.of("AT+QIRD=" + index + ",0").requiredInformation("+QIRD:"))
                    .firstLine();
        } catch (AtException e) {
            return null;
        }
        Matcher counters = COUNTERS.matcher(line);
        return counters.matches()
                ? new ReceiveCounters(
                        Long.parseLong(counters.group(1)),
                        Long.parseLong(counters.group(2)),
                        Long.parseLong(counters.group(3)))
                : null;
    }

    @Override
    public boolean canListen() {
        return true;
    }

    @Override
    public boolean hasDatagrams() {
        return true;
    }

    @Override
    public boolean isIndexTaken(int code) {
        return code == QuectelError.SOCKET_IDENTITY_USED;
    }

    @Override
    public boolean isPortTaken(int code) {
        return code == QuectelError.BIND_FAILED || code == QuectelError.LISTEN_FAILED;
    }

    /** The TCP/IP note has 127.0.0.1 and port 0 for the peer of a server. */
    @Override
    public void listen(int index, ListenRequest request) throws IOException {
        commands.run(
                AtCommand.of("AT+QIOPEN=" + PDP_CONTEXT + "," + index + ",\"TCP LISTENER\",\"127.0.0.1\",0,"
                        + request.port() + "," + number(request.accessMode())),
                index);
    }

    @Override
    public void check(DatagramRequest request) {
        if (request.hasPeer()) {
            Parameters.host(request.host());
            Parameters.port(request.port());
        }
        if (!request.hasPeer() || request.localPort() != 0) {
            Parameters.port(request.localPort());
        }
    }

    @Override
    public void openDatagrams(int index, DatagramRequest request) throws IOException {
        if (!datagramsPrepared) {
            // Datagram by datagram: an earlier host may have asked for a stream.
            commands.tryToRun("AT+QICFG=\"udp/readmode\",0");
            commands.tryToRun("AT+QICFG=\"udp/sendmode\",0");
            datagramsPrepared = true;
        }
        String peer = request.hasPeer()
                ? "\"UDP\",\"" + request.host() + "\"," + request.port()
                : "\"UDP SERVICE\",\"127.0.0.1\",0";
        commands.run(
                AtCommand.of("AT+QIOPEN=" + PDP_CONTEXT + "," + index + "," + peer + "," + request.localPort() + ","
                        + number(request.accessMode())),
                index);
    }

    @Override
    public SendOutcome sendDatagram(int index, long source, byte[] payload, int length) throws IOException {
        int end = encodeSend(index, false, length);
        if (source != Source.NONE) {
            end = encodeTarget(end - 1, source);
        }
        return channel.send(sendCommand, end, payload, 0, length);
    }

    /** Writes {@code ,"<ip>",<port>} over the command's end. */
    private int encodeTarget(int position, long source) {
        int end = put(position, ",\"");
        long octets = source >>> 16;
        for (int shift = 24; shift >= 0; shift -= 8) {
            end = putNumber(end, (int) (octets >>> shift) & 0xff);
            sendCommand[end++] = (byte) (shift == 0 ? '"' : '.');
        }
        sendCommand[end++] = ',';
        end = putNumber(end, Source.port(source));
        sendCommand[end++] = '\r';
        return end;
    }

    /** Of a service the length says nothing: a datagram is given out whole. */
    @Override
    public boolean readDatagram(int index) throws IOException {
        AtCommand command =
                AtCommand.of("AT+QIRD=" + index + "," + MAX_READ_BYTES).information(line -> false, true);
        try {
            return channel.readDatagram(command, index);
        } catch (AtException e) {
            return false;
        }
    }

    private void releaseContext(int index) {
        if (tlsUses[index] != null) {
            tlsContexts.release(tlsUses[index].context);
            tlsUses[index] = null;
        }
    }

    @Override
    public SendOutcome send(int index, boolean tls, byte[] payload, int offset, int length) throws IOException {
        return channel.send(sendCommand, encodeSend(index, tls, length), payload, offset, length);
    }

    private int encodeSend(int index, boolean tls, int length) {
        int end = put(0, tls ? "AT+QSSLSEND=" : "AT+QISEND=");
        end = putNumber(end, index);
        sendCommand[end++] = ',';
        end = putNumber(end, length);
        sendCommand[end++] = '\r';
        return end;
    }

    private int put(int position, String text) {
        for (int i = 0; i < text.length(); i++) {
            sendCommand[position + i] = (byte) text.charAt(i);
        }
        return position + text.length();
    }

    private int putNumber(int position, int number) {
        int at = position;
        int unit = 1;
        while (number / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            sendCommand[at++] = (byte) ('0' + number / unit % 10);
        }
        return at;
    }

    @Override
    public IOException explainRefusal(int index, boolean tls) throws IOException {
        return commands.explain(index, tls ? "AT+QSSLSEND" : "AT+QISEND");
    }

    @Override
    public boolean isNameUnknown(int code) {
        return code == QuectelError.DNS_PARSE_FAILED;
    }

    @Override
    public String openCommandName(boolean tls) {
        return tls ? "AT+QSSLOPEN" : "AT+QIOPEN";
    }

    @Override
    public int read(int index, boolean tls) throws IOException {
        AtCommand command = AtCommand.of((tls ? "AT+QSSLRECV=" : "AT+QIRD=") + index + "," + MAX_READ_BYTES)
                .information(line -> false, true);
        try {
            return channel.read(command, index, tls);
        } catch (AtException e) {
            // The socket is gone, or is not in a mode in which it can be read: then nothing waits in it.
            return 0;
        }
    }

    @Override
    public SendCounters sendCounters(int index, boolean tls) throws IOException {
        if (tls) {
            // QSSLSEND takes lengths from 1, and no other counter of TLS sockets is known.
            return null;
        }
        String line;
        try {
            line = channel.execute(AtCommand.of("AT+QISEND=" + index + ",0").requiredInformation("+QISEND:"))
                    .firstLine();
        } catch (AtException e) {
            return null;
        }
        Matcher counters = COUNTERS.matcher(line);
        return counters.matches()
                ? new SendCounters(Long.parseLong(counters.group(1)), Long.parseLong(counters.group(3)))
                : null;
    }

    /** The port is the fifth field; 0 if the module does not show one. */
    @Override
    public InetSocketAddress localAddress(int index, boolean tls) throws IOException {
        String port = state(index, tls, 4);
        return new InetSocketAddress(contextAddress, LocalAddress.port(port));
    }

    /** State 2 is connected; a BG96 has been seen to say 3. */
    @Override
    public boolean isConnected(int index, boolean tls) throws IOException {
        String state = state(index, tls, 5);
        return state.equals("2") || state.equals("3");
    }

    /**
     * Asks for the state of a socket.
     *
     * @return one field of {@code <id>,<type>,"<host>",<remote port>,<local port>,<state>,…}, empty if there is none
     */
    private String state(int index, boolean tls, int field) throws IOException {
        AtCommand query = tls
                ? AtCommand.of("AT+QSSLSTATE=" + index).information("+QSSLSTATE:")
                : AtCommand.of("AT+QISTATE=1," + index).information("+QISTATE:");
        try {
            for (String line : channel.execute(query).lines()) {
                String[] fields = line.substring(line.indexOf(':') + 1).split(",", -1);
                if (fields.length > 5 && fields[0].strip().equals(Integer.toString(index))) {
                    return fields[field].strip();
                }
            }
            return "";
        } catch (AtException e) {
            return "";
        }
    }

    @Override
    public boolean close(int index, boolean tls) throws IOException {
        TlsUse use = tlsUses[index];
        long limitMillis =
                CLOSE_MILLIS + (use == null ? 0 : use.profile.closeTimeout().toMillis());
        AtCommand command = AtCommand.of(closeUnheardCommand(index, tls)).timeoutMillis(limitMillis);
        boolean closed;
        try {
            channel.execute(command);
            closed = true;
        } catch (AtException e) {
            // ERROR is also the answer for an index that is free already.
            closed = !isKnown(index, tls);
        }
        if (closed) {
            releaseContext(index);
        }
        return closed;
    }

    /**
     * A TCP socket is closed at once: whoever closes it has waited until the peer has acknowledged everything. For TLS
     * there is no such counter, so the module is given a moment, or what the profile says.
     */
    @Override
    public String closeUnheardCommand(int index, boolean tls) {
        if (!tls) {
            return "AT+QICLOSE=" + index + ",0";
        }
        TlsUse use = tlsUses[index];
        return "AT+QSSLCLOSE=" + index + ","
                + (use == null ? TLS_CLOSE_SECONDS : TlsContexts.closeParameter(use.profile));
    }

    @Override
    public void closeAll() throws IOException {
        closeAllBut(Set.of());
    }

    @Override
    public void closeAllBut(Set<Integer> kept) throws IOException {
        for (boolean tls : new boolean[] {false, true}) {
            for (int index : known(tls)) {
                if (!kept.contains(index)) {
                    close(index, tls);
                }
            }
        }
        for (int index = 0; index < MAX_SOCKETS; index++) {
            if (!kept.contains(index)) {
                releaseContext(index);
            }
        }
    }

    @Override
    public List<Integer> openIndexes() throws IOException {
        Set<Integer> indexes = new TreeSet<>(known(false));
        indexes.addAll(known(true));
        return List.copyOf(indexes);
    }

    private boolean isKnown(int index, boolean tls) throws IOException {
        return known(tls).contains(index);
    }

    private List<Integer> known(boolean tls) throws IOException {
        AtCommand query = tls
                ? AtCommand.of("AT+QSSLSTATE").information("+QSSLSTATE:")
                : AtCommand.of("AT+QISTATE?").information("+QISTATE:");
        List<Integer> indexes = new ArrayList<>();
        try {
            for (String line : channel.execute(query).lines()) {
                String index = line.substring(line.indexOf(':') + 1).strip().split(",", 2)[0];
                if (index.matches("\\d|10|11")) {
                    indexes.add(Integer.valueOf(index));
                }
            }
        } catch (AtException e) {
            // A firmware that will not list its sockets has none that we opened.
            return List.of();
        }
        return indexes;
    }

    @Override
    public void restart() throws IOException {
        // The answer may not come, so it is not waited for: 3GPP TS 27.007 section 8.2, full functionality with reset.
        channel.writeRaw(Bytes.ascii("\rAT+CFUN=1,1\r"));
    }
}
