package io.uartnio.cli;

import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.Leftovers;
import io.uartnio.emulator.MuxStatusAtOpen;
import io.uartnio.emulator.PromptForm;
import io.uartnio.emulator.PromptTimeoutResult;
import io.uartnio.emulator.SimState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * An option for each of the emulator's knobs, in groups. An option that is not given leaves the builder alone, so that
 * its defaults stand in one place: there. What each knob means and why it exists is told there too.
 */
final class EmulatorKnobs {

    @ArgGroup(validate = false, heading = "%nThe line:%n")
    private final Line line = new Line();

    @ArgGroup(validate = false, heading = "%nReplies:%n")
    private final Replies replies = new Replies();

    @ArgGroup(validate = false, heading = "%nSIM, network, clock:%n")
    private final Network network = new Network();

    @ArgGroup(validate = false, heading = "%nSockets:%n")
    private final Sockets sockets = new Sockets();

    @ArgGroup(validate = false, heading = "%nMultiplexer:%n")
    private final Mux mux = new Mux();

    @ArgGroup(validate = false, heading = "%nFiles:%n")
    private final Store store = new Store();

    /**
     * Turns every knob that was given.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    void applyTo(EmulatorBuilder builder) throws IOException {
        line.applyTo(builder);
        replies.applyTo(builder);
        network.applyTo(builder);
        sockets.applyTo(builder);
        mux.applyTo(builder);
        for (Map.Entry<String, Path> file : store.files.entrySet()) {
            builder.file(file.getKey(), file.getValue());
        }
        given(store.storageBytes, bytes -> builder.storage(Math.toIntExact(bytes)));
    }

    /** A setter of the builder, which returns the builder. */
    private interface Knob<T> {
        EmulatorBuilder turn(T value);
    }

    private static <T> void given(T value, Knob<T> knob) {
        if (value != null) {
            knob.turn(value);
        }
    }

    private static void givenMillis(Long millis, Knob<Duration> knob) {
        given(millis == null ? null : Duration.ofMillis(millis), knob);
    }

    private static final class Line {
        @Option(
                names = "--module-baud",
                paramLabel = "RATE",
                description = "Rate that the module has at its start and that a host must find; elsewhere all is"
                        + " garbage.")
        private Integer moduleBaud;

        @Option(
                names = "--check-baud",
                negatable = true,
                fallbackValue = "true",
                description = "Garbage while the host's rate is not the module's.")
        private Boolean checkBaud;

        @Option(
                names = "--hold-line-open",
                negatable = true,
                fallbackValue = "true",
                description = "Keep what is sent while no program has the port open. Default: on.")
        private Boolean holdLineOpen;

        @Option(
                names = "--split-writes",
                negatable = true,
                fallbackValue = "true",
                description = "Write everything in pieces of 1 to 7 bytes.")
        private Boolean splitWrites;

        @Option(names = "--stray-urcs", paramLabel = "RATE", description = "A stray URC before so many frames, 0 to 1.")
        private Double strayUrcs;

        @Option(
                names = "--stray-urcs-inside-replies",
                negatable = true,
                fallbackValue = "true",
                description = "And between a reply and its OK.")
        private Boolean strayUrcsInsideReplies;

        @Option(names = "--seed", paramLabel = "N", description = "Seed of all that happens by chance. Default: 1.")
        private Long seed;

        private void applyTo(EmulatorBuilder builder) {
            given(moduleBaud, builder::moduleBaudRate);
            given(checkBaud, builder::checkBaud);
            given(holdLineOpen, builder::holdLineOpen);
            given(splitWrites, builder::splitWrites);
            given(strayUrcs, builder::strayUrcs);
            given(strayUrcsInsideReplies, builder::strayUrcsInsideReplies);
            given(seed, builder::seed);
        }
    }

    private static final class Replies {
        @Option(
                names = "--prompt",
                paramLabel = "FORM",
                description = "${COMPLETION-CANDIDATES}: what follows the > of a prompt. Default: SPACE.")
        private PromptForm prompt;

        @Option(
                names = "--crlf-after-payload",
                negatable = true,
                fallbackValue = "true",
                description = "CR LF after pushed payload. Default: on.")
        private Boolean crlfAfterPayload;

        @Option(
                names = "--blank-line-after-read",
                negatable = true,
                fallbackValue = "true",
                description = "CR LF after data that was read. Default: on.")
        private Boolean blankLineAfterRead;

        @Option(
                names = "--lines-framed-singly",
                negatable = true,
                fallbackValue = "true",
                description = "CR LF on both sides of each line of a list.")
        private Boolean linesFramedSingly;

        @Option(
                names = "--space-in-error-text",
                negatable = true,
                fallbackValue = "true",
                description = "A space after the comma of +QIGETERROR.")
        private Boolean spaceInErrorText;

        @Option(names = "--latency-millis", paramLabel = "MS", description = "Before each prompt and result.")
        private Long latencyMillis;

        @Option(
                names = "--late-replies",
                paramLabel = "RESULT:RATE:MS[:stall]",
                converter = LateReply.Converter.class,
                description = "Results that come late, such as 'SEND OK:0.1:500'; with :stall nothing else happens"
                        + " meanwhile.")
        private LateReply lateReplies;

        @Option(
                names = "--prompt-timeout-result",
                paramLabel = "RESULT",
                description = "${COMPLETION-CANDIDATES}, when payload does not come.")
        private PromptTimeoutResult promptTimeoutResult;

        @Option(
                names = "--esc-cancels-fixed-length",
                negatable = true,
                fallbackValue = "true",
                description = "ESC ends every prompt.")
        private Boolean escCancelsFixedLength;

        @Option(
                names = "--urc-port",
                paramLabel = "NAME",
                description = "urcport of the factory: usbat, usbmodem, uart1. Default: usbat.")
        private String urcPort;

        @Option(
                names = "--socket-urcs-follow-urc-port",
                negatable = true,
                fallbackValue = "true",
                description = "Sockets' URCs go there too. Default: on.")
        private Boolean socketUrcsFollowUrcPort;

        private void applyTo(EmulatorBuilder builder) {
            given(prompt, builder::prompt);
            given(crlfAfterPayload, builder::crlfAfterPushedData);
            given(blankLineAfterRead, builder::blankLineAfterReadData);
            given(linesFramedSingly, builder::linesFramedSingly);
            given(spaceInErrorText, builder::spaceInErrorText);
            givenMillis(latencyMillis, builder::latency);
            given(lateReplies, late -> late.addTo(builder));
            given(promptTimeoutResult, builder::promptTimeoutResult);
            given(escCancelsFixedLength, builder::escCancelsFixedLength);
            given(urcPort, builder::urcPort);
            given(socketUrcsFollowUrcPort, builder::socketUrcsFollowUrcPort);
        }
    }

    private static final class Network {
        @Option(names = "--sim", paramLabel = "STATE", description = "${COMPLETION-CANDIDATES}.")
        private SimState sim;

        @Option(
                names = "--sim-pin",
                paramLabel = "PIN[:TRIES]",
                description = "The card asks for this PIN and blocks after so many wrong ones (3).")
        private String simPin;

        @Option(names = "--sim-busy-millis", paramLabel = "MS", description = "SIM busy after the start.")
        private Long simBusyMillis;

        @Option(names = "--registration-delay-millis", paramLabel = "MS", description = "Searching for a network.")
        private Long registrationDelayMillis;

        @Option(
                names = "--registration-denied",
                negatable = true,
                fallbackValue = "true",
                description = "The network refuses the module.")
        private Boolean registrationDenied;

        @Option(
                names = "--pdp-refused",
                negatable = true,
                fallbackValue = "true",
                description = "The data connection is refused.")
        private Boolean pdpRefused;

        @Option(names = "--pdp-activation-millis", paramLabel = "MS", description = "How long it takes.")
        private Long pdpActivationMillis;

        @Option(
                names = "--pdp-active-at-boot",
                negatable = true,
                fallbackValue = "true",
                description = "It is there from the start.")
        private Boolean pdpActiveAtBoot;

        @Option(
                names = "--clock",
                paramLabel = "TIME",
                description = "Clock at the start, such as 2026-01-31T12:00:00. Default: 2008.")
        private LocalDateTime clock;

        @Option(
                names = "--clock-quarter-hours",
                paramLabel = "N",
                description = "Its zone, -48 to 56 quarters of an hour; with --clock.")
        private Integer clockQuarterHours;

        @Option(
                names = "--clock-is-local",
                negatable = true,
                fallbackValue = "true",
                description = "AT+CCLK is local time, not UTC. Default: on.")
        private Boolean clockIsLocal;

        @Option(names = "--boot-millis", paramLabel = "MS", description = "Deaf after each start.")
        private Long bootMillis;

        private void applyTo(EmulatorBuilder builder) {
            given(sim, builder::sim);
            given(simPin, pin -> sim(pin, builder));
            givenMillis(simBusyMillis, builder::simBusyFor);
            givenMillis(registrationDelayMillis, builder::registrationDelay);
            given(registrationDenied, builder::registrationDenied);
            given(pdpRefused, builder::pdpRefused);
            givenMillis(pdpActivationMillis, builder::pdpActivationTime);
            given(pdpActiveAtBoot, builder::pdpActiveAtBoot);
            given(clock, time -> builder.clock(time, clockQuarterHours == null ? 0 : clockQuarterHours));
            given(clockIsLocal, builder::clockIsLocal);
            givenMillis(bootMillis, builder::bootTime);
        }

        private static EmulatorBuilder sim(String pin, EmulatorBuilder builder) {
            int colon = pin.indexOf(':');
            return colon < 0
                    ? builder.sim(pin, 3)
                    : builder.sim(pin.substring(0, colon), Integer.parseInt(pin.substring(colon + 1)));
        }
    }

    private static final class Sockets {
        @Option(
                names = "--shared-socket-ids",
                negatable = true,
                fallbackValue = "true",
                description = "TCP and TLS share twelve indexes. Default: on.")
        private Boolean sharedSocketIds;

        @Option(
                names = "--failed-open-keeps-id",
                negatable = true,
                fallbackValue = "true",
                description = "A failed open keeps its index until closed.")
        private Boolean failedOpenKeepsId;

        @Option(
                names = "--incoming-in-buffer-mode",
                negatable = true,
                fallbackValue = "true",
                description = "Accepted connections are in buffer access mode, not in their listener's.")
        private Boolean incomingInBufferMode;

        @Option(
                names = "--incoming-ids-from-bottom",
                negatable = true,
                fallbackValue = "true",
                description = "Accepted connections get the lowest free index, not the highest.")
        private Boolean incomingIdsFromBottom;

        @Option(names = "--incoming-delay-millis", paramLabel = "MS", description = "Each incoming comes late.")
        private Long incomingDelayMillis;

        @Option(
                names = "--long-datagrams-dropped",
                negatable = true,
                fallbackValue = "true",
                description = "Datagrams of more than 1500 bytes are dropped, not cut.")
        private Boolean longDatagramsDropped;

        @Option(names = "--send-fail-rate", paramLabel = "RATE", description = "SEND FAIL to so many sends, 0 to 1.")
        private Double sendFailRate;

        @Option(
                names = "--duplicate-closed-urcs",
                paramLabel = "N",
                description = "Repeat each closed URC so many times.")
        private Integer duplicateClosedUrcs;

        @Option(
                names = "--closed-before-last-data",
                negatable = true,
                fallbackValue = "true",
                description = "closed comes before the last frame.")
        private Boolean closedBeforeLastData;

        @Option(
                names = "--recv-urc-needs-empty-read",
                negatable = true,
                fallbackValue = "true",
                description = "No recv URC before a read found nothing.")
        private Boolean recvUrcNeedsEmptyRead;

        @Option(
                names = "--ssl-obeys-tcp-settings",
                negatable = true,
                fallbackValue = "true",
                description = "QICFG and QISDE govern TLS too. Default: on.")
        private Boolean sslObeysTcpSettings;

        @Option(
                names = "--ssl-context-forgets",
                negatable = true,
                fallbackValue = "true",
                description = "An SSL context is as new behind its last socket.")
        private Boolean sslContextForgets;

        @Option(
                names = "--tls-failure-leaves-no-error",
                negatable = true,
                fallbackValue = "true",
                description = "QIGETERROR knows nothing of a TLS connection that failed.")
        private Boolean tlsFailureLeavesNoError;

        @Option(
                names = "--leftovers",
                paramLabel = "WHAT",
                description = "Unread data at a switch to direct push: ${COMPLETION-CANDIDATES}.")
        private Leftovers leftovers;

        @Option(
                names = "--frames-after-switch",
                paramLabel = "N",
                description = "Frames still pushed after a switch to buffer mode.")
        private Integer framesAfterSwitch;

        @Option(
                names = "--mode-switch-refused",
                negatable = true,
                fallbackValue = "true",
                description = "QISWTMD answers ERROR.")
        private Boolean modeSwitchRefused;

        @Option(
                names = "--counters-count-pushed",
                negatable = true,
                fallbackValue = "true",
                description = "QIRD=<id>,0 counts pushed bytes too. Default: on.")
        private Boolean countersCountPushed;

        @Option(
                names = "--recv-urc-after-switch",
                negatable = true,
                fallbackValue = "true",
                description = "recv for what waits at a switch to buffer mode. Default: on.")
        private Boolean recvUrcAfterSwitch;

        @Option(
                names = "--send-buffer",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                description = "What a socket takes before SEND FAIL. Default: 10240.")
        private Long sendBuffer;

        @Option(
                names = "--receive-buffer",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                description = "What waits in the module for a socket. Default: 64k.")
        private Long receiveBuffer;

        @Option(names = "--connect-delay-millis", paramLabel = "MS", description = "Before each connect.")
        private Long connectDelayMillis;

        @Option(
                names = "--transparent-wait-unit-millis",
                paramLabel = "MS",
                description = "Unit of transwaittm, 1 to 1000. Default: 100.")
        private Long transparentWaitUnitMillis;

        @Option(
                names = "--urcs-lost-in-data-mode",
                negatable = true,
                fallbackValue = "true",
                description = "URCs that are due in data mode are lost, not late.")
        private Boolean urcsLostInDataMode;

        @Option(names = "--connect-text", paramLabel = "TEXT", description = "What follows the CONNECT of ATO.")
        private String connectText;

        @Option(
                names = "--no-carrier-delay-millis",
                paramLabel = "MS",
                description = "Silence before NO CARRIER. Default: 0.")
        private Long noCarrierDelayMillis;

        @Option(names = "--no-carrier-glued", description = "NO CARRIER without the CR LF before it.")
        private boolean noCarrierGlued;

        @Option(names = "--ok-after-dtr-drop", description = "OK, not NO CARRIER, when DTR drops a connection.")
        private boolean okAfterDtrDrop;

        @Option(
                names = "--dcd-falls-after-no-carrier",
                negatable = true,
                fallbackValue = "true",
                description = "And not just before it.")
        private Boolean dcdFallsAfterNoCarrier;

        private void applyTo(EmulatorBuilder builder) {
            given(sharedSocketIds, builder::sharedSocketIds);
            given(failedOpenKeepsId, builder::failedOpenKeepsId);
            given(incomingInBufferMode, builder::incomingInBufferMode);
            given(incomingIdsFromBottom, builder::incomingIdsFromBottom);
            givenMillis(incomingDelayMillis, builder::incomingDelay);
            given(longDatagramsDropped, builder::longDatagramsDropped);
            given(sendFailRate, builder::sendFail);
            given(duplicateClosedUrcs, builder::duplicateClosedUrcs);
            given(closedBeforeLastData, builder::closedBeforeLastData);
            given(recvUrcNeedsEmptyRead, builder::recvUrcNeedsEmptyRead);
            given(sslObeysTcpSettings, builder::sslObeysTcpSettings);
            given(sslContextForgets, builder::sslContextForgets);
            given(tlsFailureLeavesNoError, builder::tlsFailureLeavesNoError);
            given(leftovers, builder::leftovers);
            given(framesAfterSwitch, builder::framesAfterSwitch);
            given(modeSwitchRefused, builder::modeSwitchRefused);
            given(sendBuffer, bytes -> builder.sendBuffer(Math.toIntExact(bytes)));
            given(receiveBuffer, bytes -> builder.receiveBuffer(Math.toIntExact(bytes)));
            givenMillis(connectDelayMillis, builder::connectDelay);
            givenMillis(transparentWaitUnitMillis, builder::transparentWaitUnit);
            given(countersCountPushed, builder::countersCountPushed);
            given(recvUrcAfterSwitch, builder::recvUrcAfterSwitch);
            given(urcsLostInDataMode, builder::urcsLostInDataMode);
            given(connectText, builder::connectText);
            givenMillis(noCarrierDelayMillis, builder::noCarrierDelay);
            given(noCarrierGlued ? true : null, builder::noCarrierGlued);
            given(okAfterDtrDrop ? false : null, builder::noCarrierAfterDtrDrop);
            given(dcdFallsAfterNoCarrier, builder::dcdFallsAfterNoCarrier);
        }
    }

    private static final class Mux {
        @Option(
                names = "--mux-supported",
                negatable = true,
                fallbackValue = "true",
                description = "There is AT+CMUX. Default: on.")
        private Boolean supported;

        @Option(
                names = "--mux-at-start",
                negatable = true,
                fallbackValue = "true",
                description = "It runs from the start, as an earlier host left it.")
        private Boolean atStart;

        @Option(
                names = "--mux-cannot-be-left",
                negatable = true,
                fallbackValue = "true",
                description = "Only a restart ends it.")
        private Boolean cannotBeLeft;

        @Option(names = "--mux-urc-port", paramLabel = "N", description = "Channel for URCs, 1 to 4. Default: 1.")
        private Integer urcPort;

        @Option(
                names = "--mux-largest-frame",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                description = "Largest N1 agreed to. Default: 1509.")
        private Long largestFrame;

        @Option(
                names = "--mux-long-frames",
                negatable = true,
                fallbackValue = "true",
                description = "Frames longer than N1.")
        private Boolean longFrames;

        @Option(
                names = "--mux-command-bit",
                negatable = true,
                fallbackValue = "true",
                description = "C/R set in the module's UIH frames.")
        private Boolean commandBit;

        @Option(
                names = "--mux-status-at-open",
                paramLabel = "WHEN",
                description = "${COMPLETION-CANDIDATES}: the first MSC of a channel. Default: AFTER_UA.")
        private MuxStatusAtOpen statusAtOpen;

        @Option(
                names = "--mux-waits-for-status-answer",
                negatable = true,
                fallbackValue = "true",
                description = "No data before the host has answered it.")
        private Boolean waitsForStatusAnswer;

        @Option(names = "--mux-ua-delay-millis", paramLabel = "MS", description = "Before each acknowledgement.")
        private Long uaDelayMillis;

        @Option(names = "--mux-uas-lost", paramLabel = "N", description = "The first acknowledgements never sent.")
        private Integer uasLost;

        private void applyTo(EmulatorBuilder builder) {
            given(supported, builder::muxSupported);
            given(atStart, builder::muxAtStart);
            given(cannotBeLeft, builder::muxCannotBeLeft);
            given(urcPort, builder::muxUrcPort);
            given(largestFrame, bytes -> builder.muxLargestFrame(Math.toIntExact(bytes)));
            given(longFrames, builder::muxLongFrames);
            given(commandBit, builder::muxCommandBit);
            given(statusAtOpen, builder::muxStatusAtOpen);
            given(waitsForStatusAnswer, builder::muxWaitsForStatusAnswer);
            givenMillis(uaDelayMillis, builder::muxUaDelay);
            given(uasLost, builder::muxUasLost);
        }
    }

    private static final class Store {
        @Option(
                names = "--storage",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                description = "Size of the file store. Default: 280k.")
        private Long storageBytes;

        @Option(
                names = "--file",
                paramLabel = "NAME=PATH",
                description = "A file that is in the store at the start; may be repeated.")
        private Map<String, Path> files = new LinkedHashMap<>();
    }
}
