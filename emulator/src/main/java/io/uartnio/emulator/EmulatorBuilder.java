package io.uartnio.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Describes the module to play: which one, what network it sees, and a knob for everything that no document settles or
 * that makes a module awkward. Without any knob it is a module as it leaves the factory (echo on, {@code CMEE} 1, URCs
 * on the USB port until {@code AT+QURCCFG} says otherwise) with a good SIM and a fast network.
 *
 * <p>Every setter checks its argument ({@link IllegalArgumentException}, {@link NullPointerException}) and returns this
 * builder. A builder may start several emulators. Not thread-safe.
 */
public final class EmulatorBuilder {

    /** The rates that {@code AT+IPR} takes on this family. */
    static final Set<Integer> BAUD_RATES =
            Set.of(4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600);

    private final EmulatorOptions options = new EmulatorOptions();
    private final Map<String, byte[]> files = new HashMap<>();

    EmulatorBuilder() {}

    /** Sets which module is played; default {@link ModuleProfile#EC200N}. */
    public EmulatorBuilder profile(ModuleProfile profile) {
        options.profile = Objects.requireNonNull(profile, "profile");
        return this;
    }

    /** Sets the firmware revision that {@code ATI} and {@code AT+CGMR} answer; default: the profile's. */
    public EmulatorBuilder revision(String revision) {
        check(!revision.isBlank() && revision.chars().allMatch(c -> c > ' ' && c < 127), "revision", revision);
        options.revision = Optional.of(revision);
        return this;
    }

    /**
     * Adds a name to the emulated DNS; dotted IPv4 addresses need no entry, any other name does not exist.
     *
     * @param name as the host writes it in {@code AT+QIOPEN}; case does not matter
     * @param address where its services really are, port by port the same
     */
    public EmulatorBuilder host(String name, InetAddress address) {
        options.hosts.add(checkedName(name), Objects.requireNonNull(address, "address"));
        return this;
    }

    /**
     * Moves one service of a host, so that a test's server on any free port plays, say, {@code example.org:443}.
     *
     * @param name as the host writes it in {@code AT+QIOPEN}; may be a dotted address
     * @param port as the host writes it, 1 to 65535
     * @param target where connections really go; must be resolved
     */
    public EmulatorBuilder host(String name, int port, InetSocketAddress target) {
        check(port > 0 && port <= 65_535, "port", port);
        check(!target.isUnresolved(), "target", target);
        options.hosts.add(checkedName(name), port, target);
        return this;
    }

    /** Sets the seed of everything that happens by chance; default 1. Two runs of one seed differ only in timing. */
    public EmulatorBuilder seed(long seed) {
        options.seed = seed;
        return this;
    }

    // ------------------------------------------------------------------------------------------------ the line

    /**
     * Paces both directions as 8N1 would at this rate, and makes it the module's rate at its start. {@code AT+IPR}
     * changes the pace with the rate. Default: no pace, the line is as fast as the machine.
     *
     * @param bitsPerSecond one of the rates of {@code AT+IPR}: 4800 to 921600
     */
    public EmulatorBuilder baudRate(int bitsPerSecond) {
        check(BAUD_RATES.contains(bitsPerSecond), "baudRate", bitsPerSecond);
        options.baudRate = bitsPerSecond;
        return this;
    }

    /**
     * Sets the rate that the module has at its start, and that a host must find; default: that of {@link #baudRate},
     * else 115200. Switches {@link #checkBaud} on.
     *
     * @param bitsPerSecond one of the rates of {@code AT+IPR}: 4800 to 921600
     */
    public EmulatorBuilder moduleBaudRate(int bitsPerSecond) {
        check(BAUD_RATES.contains(bitsPerSecond), "moduleBaudRate", bitsPerSecond);
        options.moduleBaudRate = OptionalInt.of(bitsPerSecond);
        return this;
    }

    /**
     * Says whether bytes turn to garbage both ways while the host's rate, which a pseudo-terminal tells, is not the
     * module's. Default: only after {@link #moduleBaudRate}.
     */
    public EmulatorBuilder checkBaud(boolean check) {
        options.checkBaud = Optional.of(check);
        return this;
    }

    /**
     * Says whether the emulator holds the host's end of the line open too; default true. With false the line is hung up
     * whenever no program has the port open. What the module sends meanwhile waits in the line either way.
     */
    public EmulatorBuilder holdLineOpen(boolean hold) {
        options.holdLineOpen = hold;
        return this;
    }

    /** Says whether everything is written to the line in pieces of 1 to 7 bytes; default false. */
    public EmulatorBuilder splitWrites(boolean split) {
        options.splitWrites = split;
        return this;
    }

    /**
     * Sets how often a URC that concerns no socket comes before a frame: between command and reply, before and after
     * the prompt, between two pushed frames. Default 0. Like all URCs they need {@code urcport} to be the UART.
     *
     * @param probability per frame, 0 to 1
     */
    public EmulatorBuilder strayUrcs(double probability) {
        options.strayUrcProbability = checkedProbability("strayUrcs", probability);
        return this;
    }

    /**
     * Says whether a stray URC may also come between the information text of a reply (or the data that was read) and
     * its {@code OK}; default false. Seen by users of other modules of the maker.
     */
    public EmulatorBuilder strayUrcsInsideReplies(boolean inside) {
        options.strayUrcsInsideReplies = inside;
        return this;
    }

    /** Damages the line from the module to the host; see also {@link ModuleEmulator#lineFilter}. Default: none. */
    public EmulatorBuilder lineFilter(LineFilter filter) {
        options.lineFilter = Objects.requireNonNull(filter, "filter");
        return this;
    }

    /** Damages the line from the host to the module; see also {@link ModuleEmulator#hostLineFilter}. Default: none. */
    public EmulatorBuilder hostLineFilter(LineFilter filter) {
        options.hostLineFilter = Objects.requireNonNull(filter, "filter");
        return this;
    }

    // ------------------------------------------------------------------------------------------------ replies

    /**
     * Sets the bytes of the prompt until {@code AT+QICFG="formatcfg"} sets another; default
     * {@link PromptForm#SPACE}, seen on BG96. Unknown for these modules.
     */
    public EmulatorBuilder prompt(PromptForm form) {
        options.prompt = Objects.requireNonNull(form, "form");
        return this;
    }

    /**
     * Says whether CR LF follows pushed payload; default true, as a URC is framed by CR LF on both sides and a BG96
     * log suggests. Unknown for these modules.
     */
    public EmulatorBuilder crlfAfterPushedData(boolean crlf) {
        options.crlfAfterPushedData = crlf;
        return this;
    }

    /**
     * Says whether CR LF follows data that was read, before the CR LF of {@code OK}; default true: BG96 byte logs and
     * the blank line in the SSL note's examples. False gives the six-byte end of M95.
     */
    public EmulatorBuilder blankLineAfterReadData(boolean blankLine) {
        options.blankLineAfterReadData = blankLine;
        return this;
    }

    /** Sets the module's turn-around time before each prompt and each final result; default 0. */
    public EmulatorBuilder latency(Duration latency) {
        options.latencyMillis = checkedMillis("latency", latency);
        return this;
    }

    /**
     * Makes some final results come late; default none. See also {@link ModuleEmulator#delayNextReplies}.
     *
     * @param result which one, such as {@code SEND OK}
     * @param probability how many of them, 0 to 1
     * @param delay by how much
     * @param stall true if the module does nothing else meanwhile; false if it takes further commands, so that the
     *     result comes in the midst of them
     */
    public EmulatorBuilder lateReplies(String result, double probability, Duration delay, boolean stall) {
        options.lateReply = Objects.requireNonNull(result, "result");
        options.lateReplyProbability = checkedProbability("lateReplies", probability);
        options.lateReplyMillis = checkedMillis("delay", delay);
        options.lateReplyStalls = stall;
        return this;
    }

    /** Sets what {@code qisend/timeout} answers; default {@link PromptTimeoutResult#ERROR}. */
    public EmulatorBuilder promptTimeoutResult(PromptTimeoutResult result) {
        options.promptTimeoutResult = Objects.requireNonNull(result, "result");
        return this;
    }

    /**
     * Says whether ESC ends a prompt for payload of fixed length too; default false: it is documented for variable
     * length only, so in the other form it counts as data.
     */
    public EmulatorBuilder escCancelsFixedLength(boolean cancels) {
        options.escCancelsFixedLength = cancels;
        return this;
    }

    /**
     * Says whether each line of a list, such as {@code AT+QISTATE}'s, is framed by a CR LF on both sides; default false:
     * lines follow each other, as a log of {@code ATI} on an EC800M shows. Unknown for the other lists.
     */
    public EmulatorBuilder linesFramedSingly(boolean singly) {
        options.linesFramedSingly = singly;
        return this;
    }

    /**
     * Says whether a space follows the comma of {@code +QIGETERROR}, as in the manual's example; default false, as on
     * an EG800K.
     */
    public EmulatorBuilder spaceInErrorText(boolean space) {
        options.spaceInErrorText = space;
        return this;
    }

    /**
     * Says whether {@code AT+QIGETERROR} knows nothing of a TLS connection that failed after its {@code OK}, as seen on
     * an EG800K; default false.
     */
    public EmulatorBuilder tlsFailureLeavesNoError(boolean none) {
        options.tlsFailureLeavesNoError = none;
        return this;
    }

    /**
     * Sets the {@code urcport} of the factory: {@code usbat} (default; the manual's example and an EG800K), so that a
     * host on the UART sees no URC before {@code AT+QURCCFG="urcport","uart1"}; or {@code usbmodem} or {@code uart1}.
     */
    public EmulatorBuilder urcPort(String port) {
        check(Set.of("usbat", "usbmodem", "uart1").contains(port), "urcPort", port);
        options.urcPort = port;
        return this;
    }

    /**
     * Says whether the URCs of sockets obey {@code urcport} like all others (default true), or come on the port that
     * opened the socket. No manual says.
     */
    public EmulatorBuilder socketUrcsFollowUrcPort(boolean follow) {
        options.socketUrcsFollowUrcPort = follow;
        return this;
    }

    // ------------------------------------------------------------------------------ SIM, network, PDP context, clock

    /** Sets the card; default {@link SimState#READY}. */
    public EmulatorBuilder sim(SimState state) {
        options.sim = Objects.requireNonNull(state, "state");
        return this;
    }

    /**
     * Puts in a card that asks for its PIN.
     *
     * @param pin 4 to 8 digits
     * @param retries how many wrong PINs block the card, 1 to 10
     */
    public EmulatorBuilder sim(String pin, int retries) {
        check(pin.matches("\\d{4,8}"), "pin", pin);
        check(retries >= 1 && retries <= 10, "retries", retries);
        options.sim = SimState.PIN_REQUIRED;
        options.pin = pin;
        options.pinRetries = retries;
        return this;
    }

    /** Sets how long after the start {@code AT+CPIN?} says {@code +CME ERROR: 14} (SIM busy); default 0. */
    public EmulatorBuilder simBusyFor(Duration time) {
        options.simBusyMillis = checkedMillis("simBusyFor", time);
        return this;
    }

    /** Sets how long after the SIM is ready the module searches before it is registered; default 0. */
    public EmulatorBuilder registrationDelay(Duration delay) {
        options.registrationDelayMillis = checkedMillis("registrationDelay", delay);
        return this;
    }

    /** Says whether the network refuses the module: registration state 3. Default false. */
    public EmulatorBuilder registrationDenied(boolean denied) {
        options.registrationDenied = denied;
        return this;
    }

    /** Says whether {@code AT+QIACT} fails with 561 (open PDP context failed); default false. */
    public EmulatorBuilder pdpRefused(boolean refused) {
        options.pdpRefused = refused;
        return this;
    }

    /** Sets how long {@code AT+QIACT} takes; default 0, documented limit 150 s. */
    public EmulatorBuilder pdpActivationTime(Duration time) {
        options.pdpActivationMillis = checkedMillis("pdpActivationTime", time);
        return this;
    }

    /**
     * Says whether context 1 is active once the module is registered, as many modules of the family do, so that
     * {@code AT+QIACT=1} answers {@code ERROR}; default false.
     */
    public EmulatorBuilder pdpActiveAtBoot(boolean active) {
        options.pdpActiveAtBoot = active;
        return this;
    }

    /**
     * Sets the module's clock at its start; default 4 January 2008, 00:19:43 +00, the example of the manual, so that no
     * certificate of today is valid before {@code AT+CCLK} has set it.
     *
     * @param time as {@code AT+CCLK?} will show it
     * @param quarterHours the zone, -48 to 56 quarters of an hour
     */
    public EmulatorBuilder clock(LocalDateTime time, int quarterHours) {
        check(quarterHours >= -48 && quarterHours <= 56, "quarterHours", quarterHours);
        options.clock = Objects.requireNonNull(time, "time");
        options.clockQuarterHours = quarterHours;
        return this;
    }

    /**
     * Says whether the digits of {@code AT+CCLK} are local time (default true, as the manual's example) or UTC, as logs
     * of other modules of the maker show. It matters to certificates only.
     */
    public EmulatorBuilder clockIsLocal(boolean local) {
        options.clockIsLocal = local;
        return this;
    }

    /** Sets how long the module takes to boot, deaf to its line, at the start and at every restart; default 0. */
    public EmulatorBuilder bootTime(Duration time) {
        options.bootMillis = checkedMillis("bootTime", time);
        return this;
    }

    // ------------------------------------------------------------------------------------------------ sockets

    /**
     * Says whether TCP and TLS sockets share one table of twelve indexes (default true, as on BG95, BG96 and the M
     * series) or have twelve each, still no more than twelve in all. Unknown for these modules.
     */
    public EmulatorBuilder sharedSocketIds(boolean shared) {
        options.sharedIds = shared;
        return this;
    }

    /**
     * Says whether an open that failed keeps its index until {@code QICLOSE} or {@code QSSLCLOSE}; default false. No
     * manual says.
     */
    public EmulatorBuilder failedOpenKeepsId(boolean keeps) {
        options.failedOpenKeepsId = keeps;
        return this;
    }

    /**
     * Says whether a connection that a listening socket accepts is in buffer access mode, as one paragraph of the EC200U
     * TCP/IP note says, or in that of the listening socket, as another does; default false, the latter.
     */
    public EmulatorBuilder incomingInBufferMode(boolean buffer) {
        options.incomingInBufferMode = buffer;
        return this;
    }

    /**
     * Says whether an accepted connection gets the lowest free index, or the highest (default false): the example of the
     * EC200U TCP/IP note begins with 11, and the text only says that the module chooses.
     */
    public EmulatorBuilder incomingIdsFromBottom(boolean fromBottom) {
        options.incomingIdsFromBottom = fromBottom;
        return this;
    }

    /**
     * Sets how late {@code incoming} comes: the connection has its index before; default none. No manual says that the
     * two are one.
     */
    public EmulatorBuilder incomingDelay(Duration delay) {
        options.incomingDelayMillis = checkedMillis("incomingDelay", delay);
        return this;
    }

    /**
     * Says whether a datagram of more than 1500 bytes is dropped; else (default) its first 1500 are given out, as a socket
     * does that is read into so many. No manual says.
     */
    public EmulatorBuilder longDatagramsDropped(boolean dropped) {
        options.longDatagramsDropped = dropped;
        return this;
    }

    /**
     * Sets how many sends are answered {@code SEND FAIL} with nothing taken, besides those that find the buffer full;
     * default 0.
     *
     * @param probability 0 to 1
     */
    public EmulatorBuilder sendFail(double probability) {
        options.sendFailProbability = checkedProbability("sendFail", probability);
        return this;
    }

    /** Sets how many times a {@code closed} URC is repeated; default 0. */
    public EmulatorBuilder duplicateClosedUrcs(int repeats) {
        check(repeats >= 0 && repeats <= 10, "repeats", repeats);
        options.duplicateClosedUrcs = repeats;
        return this;
    }

    /** Says whether {@code closed} comes before the last pushed frame, as seen on an EG800K; default false. */
    public EmulatorBuilder closedBeforeLastData(boolean before) {
        options.closedBeforeLastData = before;
        return this;
    }

    /**
     * Says whether a {@code recv} URC comes again only after a read that found nothing, and not already after one that
     * took the last byte; default false. "Until the buffer has been read empty" allows both.
     */
    public EmulatorBuilder recvUrcNeedsEmptyRead(boolean needs) {
        options.recvUrcNeedsEmptyRead = needs;
        return this;
    }

    /**
     * Says whether {@code formatcfg}, {@code qisend/timeout} and {@code AT+QISDE} govern {@code AT+QSSLSEND} too;
     * default true. No manual says.
     */
    public EmulatorBuilder sslObeysTcpSettings(boolean obeys) {
        options.sslObeysTcpSettings = obeys;
        return this;
    }

    /**
     * Says whether an SSL context has its first settings again when its last connection is closed; default false. The
     * SSL note, section 2.2.5, says that the module "will release the SSL context", and not what is left of it.
     */
    public EmulatorBuilder sslContextForgets(boolean forgets) {
        options.sslContextForgets = forgets;
        return this;
    }

    /**
     * Sets what {@code AT+QISWTMD} to direct push or transparent mode does with unread data; default
     * {@link Leftovers#PUSHED}.
     */
    public EmulatorBuilder leftovers(Leftovers leftovers) {
        options.leftovers = Objects.requireNonNull(leftovers, "leftovers");
        return this;
    }

    /**
     * Sets how many frames may still be pushed after the {@code OK} of a switch to buffer access mode, out of what
     * waits in the module; default 0. No manual says.
     */
    public EmulatorBuilder framesAfterSwitch(int frames) {
        check(frames >= 0 && frames <= 100, "frames", frames);
        options.framesAfterSwitch = frames;
        return this;
    }

    /**
     * Says whether the counters of {@code AT+QIRD=<id>,0} count pushed bytes, as received and as read; default true. No
     * manual says.
     */
    public EmulatorBuilder countersCountPushed(boolean count) {
        options.countersCountPushed = count;
        return this;
    }

    /**
     * Says whether {@code recv} announces data that already waits when a socket is switched to buffer access mode;
     * default true. With false it comes again once the buffer has been read empty. No manual says.
     */
    public EmulatorBuilder recvUrcAfterSwitch(boolean announced) {
        options.recvUrcAfterSwitch = announced;
        return this;
    }

    /**
     * Says what becomes of URCs that are due while their port is in data mode and shows none: they come once it takes
     * commands again (default), or they are lost, and with them what other sockets push. No manual says.
     */
    public EmulatorBuilder urcsLostInDataMode(boolean lost) {
        options.urcsLostInDataMode = lost;
        return this;
    }

    /**
     * Sets what follows the {@code CONNECT} of {@code ATO}, as {@code ATX} allows; default nothing.
     *
     * @param text printable, at most 40 characters
     */
    public EmulatorBuilder connectText(String text) {
        check(text.length() <= 40 && text.chars().allMatch(c -> c >= ' ' && c < 127), "connectText", text);
        options.connectText = text;
        return this;
    }

    /**
     * Sets how long the line is silent between the last byte of a connection and its {@code NO CARRIER}; default 0: it
     * comes right behind the payload. No manual says.
     */
    public EmulatorBuilder noCarrierDelay(Duration delay) {
        options.noCarrierDelayMillis = checkedMillis("noCarrierDelay", delay);
        return this;
    }

    /**
     * Says whether {@code NO CARRIER} comes without the CR LF before it, so that nothing parts it from payload; default
     * false, as the framing of all result codes has one. Its bytes at the end of a connection are not documented.
     */
    public EmulatorBuilder noCarrierGlued(boolean glued) {
        options.noCarrierGlued = glued;
        return this;
    }

    /**
     * Says whether {@code AT+QISWTMD} answers {@code ERROR}; default false. See also
     * {@link ModuleEmulator#refuseModeSwitches}.
     */
    public EmulatorBuilder modeSwitchRefused(boolean refused) {
        options.modeSwitchRefused = refused;
        return this;
    }

    /**
     * Sets how much a socket takes before {@code SEND FAIL}; default 10240, the upper end of
     * {@code AT+QICFG="send/buffersize"}, which can change it.
     *
     * @param bytes 1460 to 10240
     */
    public EmulatorBuilder sendBuffer(int bytes) {
        check(bytes >= 1460 && bytes <= 10_240, "sendBuffer", bytes);
        options.sendBufferBytes = bytes;
        return this;
    }

    /**
     * Sets how much of a peer's data waits in the module, for each socket, before the peer is held back by TCP; default
     * 65536. No manual gives a size.
     *
     * @param bytes 32768 to 1048576
     */
    public EmulatorBuilder receiveBuffer(int bytes) {
        check(bytes >= 32_768 && bytes <= 1_048_576, "receiveBuffer", bytes);
        options.receiveBufferBytes = bytes;
        return this;
    }

    /** Sets how long every connection waits before it is even tried; default 0. */
    public EmulatorBuilder connectDelay(Duration delay) {
        options.connectDelayMillis = checkedMillis("connectDelay", delay);
        return this;
    }

    /**
     * Sets the unit of {@code transwaittm}; default 100 ms, as an inventory of the EC200x note says. 1 ms is documented
     * for EC200U.
     *
     * @param unit 1 ms to 1 s
     */
    public EmulatorBuilder transparentWaitUnit(Duration unit) {
        long millis = checkedMillis("transparentWaitUnit", unit);
        check(millis >= 1 && millis <= 1000, "transparentWaitUnit", unit);
        options.transparentWaitUnitMillis = (int) millis;
        return this;
    }

    /**
     * Says what follows the drop of a data connection by DTR under {@code AT&D2}: {@code NO CARRIER}, as when a call
     * ends (default), or {@code OK}. The manual says only that the call is dropped.
     */
    public EmulatorBuilder noCarrierAfterDtrDrop(boolean noCarrier) {
        options.noCarrierAfterDtrDrop = noCarrier;
        return this;
    }

    /**
     * Says whether DCD falls only after {@code NO CARRIER} has been sent, and not just before it; default false. No
     * manual says.
     */
    public EmulatorBuilder dcdFallsAfterNoCarrier(boolean after) {
        options.dcdFallsAfterNoCarrier = after;
        return this;
    }

    // ------------------------------------------------------------------------------------------ the multiplexer

    /**
     * Says whether there is {@code AT+CMUX}; default true. The AT manuals of these modules do not have it, their SSL note
     * names the ports {@code cmux1} to {@code cmux4}.
     */
    public EmulatorBuilder muxSupported(boolean supported) {
        options.muxSupported = supported;
        return this;
    }

    /**
     * Says whether the module starts under the multiplexer with all channels open, as an earlier host left it; default
     * false. A restart ends that.
     */
    public EmulatorBuilder muxAtStart(boolean running) {
        options.muxAtStart = running;
        return this;
    }

    /**
     * Says whether close-down and the disconnection of channel 0 are answered and yet only a restart leaves the
     * multiplexer, as users of BG96 report; default false.
     */
    public EmulatorBuilder muxCannotBeLeft(boolean cannot) {
        options.muxCannotBeLeft = cannot;
        return this;
    }

    /**
     * Sets the channel on which URCs come until {@code AT+QCFG="cmux/urcport"} sets another; default 1. While it is not
     * open they come on the lowest that is. No manual of these modules says.
     *
     * @param channel 1 to 4
     */
    public EmulatorBuilder muxUrcPort(int channel) {
        check(channel >= 1 && channel <= Multiplexer.CHANNELS, "muxUrcPort", channel);
        options.muxUrcPort = channel;
        return this;
    }

    /**
     * Sets the largest N1, the information of a frame in octets, that {@code AT+CMUX} and parameter negotiation agree to;
     * default 1509, as on two other makers' modules. Longer frames of the host are dropped.
     *
     * @param octets 127 to 1509
     */
    public EmulatorBuilder muxLargestFrame(int octets) {
        check(octets >= 127 && octets <= 1509, "muxLargestFrame", octets);
        options.muxLargestFrame = octets;
        return this;
    }

    /** Says whether the module's frames may be longer than N1, as seen on BG95; default false. */
    public EmulatorBuilder muxLongFrames(boolean longer) {
        options.muxLongFrames = longer;
        return this;
    }

    /**
     * Says whether the module sets C/R in its UIH frames, as seen on SIM7670; default false, as the standard has it and
     * SIM800 does.
     */
    public EmulatorBuilder muxCommandBit(boolean set) {
        options.muxCommandBit = set;
        return this;
    }

    /** Sets when the module first sends the modem status of a channel; default {@link MuxStatusAtOpen#AFTER_UA}. */
    public EmulatorBuilder muxStatusAtOpen(MuxStatusAtOpen when) {
        options.muxStatusAtOpen = Objects.requireNonNull(when, "when");
        return this;
    }

    /**
     * Says whether a channel carries nothing to the host before the host has answered its first modem status, as seen on
     * SIM800; default false.
     */
    public EmulatorBuilder muxWaitsForStatusAnswer(boolean waits) {
        options.muxWaitsForStatusAnswer = waits;
        return this;
    }

    /** Sets how long the acknowledgement of each opened channel takes; default 0. */
    public EmulatorBuilder muxUaDelay(Duration delay) {
        options.muxUaDelayMillis = checkedMillis("muxUaDelay", delay);
        return this;
    }

    /**
     * Sets how many acknowledgements of opened channels are never sent, the first ones of each run of the multiplexer;
     * default 0.
     */
    public EmulatorBuilder muxUasLost(int count) {
        check(count >= 0 && count <= 100, "muxUasLost", count);
        options.muxUasLost = count;
        return this;
    }

    // ------------------------------------------------------------------------------------------------ files

    /**
     * Sets the size of the file store; default 286720, seen on an EG800K. Every file takes whole blocks of 4096.
     *
     * @param bytes 4096 to 16777216
     */
    public EmulatorBuilder storage(int bytes) {
        check(bytes >= 4096 && bytes <= 16_777_216, "storage", bytes);
        options.storageBytes = bytes;
        return this;
    }

    /**
     * Puts a file in the store before the start.
     *
     * @param name without {@code UFS:}, at most 80 bytes
     */
    public EmulatorBuilder file(String name, byte[] content) {
        check(!name.isEmpty() && name.length() <= 80 && !name.contains("\""), "name", name);
        files.put(name, content.clone());
        return this;
    }

    /**
     * Puts a file in the store before the start.
     *
     * @param name without {@code UFS:}, at most 80 bytes
     * @throws IOException if the content cannot be read
     */
    public EmulatorBuilder file(String name, Path content) throws IOException {
        return file(name, Files.readAllBytes(content));
    }

    /**
     * Starts the module behind a pseudo-terminal.
     *
     * @throws IOException if no pseudo-terminal can be made
     */
    public ModuleEmulator start() throws IOException {
        return ModuleEmulator.onTerminal(copy());
    }

    /**
     * Starts the module behind a line within this JVM, {@link ModuleEmulator#line()}, which has the control lines that
     * a pseudo-terminal lacks and is faster.
     *
     * @throws IOException if the system has no means for its network connections left
     */
    public ModuleEmulator startInMemory() throws IOException {
        return ModuleEmulator.inMemory(copy());
    }

    private EmulatorOptions copy() {
        EmulatorOptions copy = options.copy();
        copy.files = Map.copyOf(files);
        return copy;
    }

    private static String checkedName(String name) {
        check(!name.isBlank() && name.length() <= 255 && name.indexOf('"') < 0, "name", name);
        return name;
    }

    private static double checkedProbability(String what, double probability) {
        check(probability >= 0 && probability <= 1, what, probability);
        return probability;
    }

    private static long checkedMillis(String what, Duration time) {
        check(!time.isNegative() && time.compareTo(Duration.ofDays(1)) <= 0, what, time);
        return time.toMillis();
    }

    private static void check(boolean good, String what, Object value) {
        if (!good) {
            throw new IllegalArgumentException("value is out of range: setting=" + what + ", value=" + value);
        }
    }
}
