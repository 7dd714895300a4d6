package io.uartnio.emulator;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that {@link EmulatorBuilder} can set, with its default; meaning and source of each stand there. Filled by
 * the builder, then copied and only read. The few that tests turn while the module runs are volatile.
 */
final class EmulatorOptions implements Cloneable {

    ModuleProfile profile = ModuleProfile.EC200N;
    Optional<String> revision = Optional.empty();
    HostTable hosts = new HostTable();
    long seed = 1;

    // The line.
    int baudRate;
    OptionalInt moduleBaudRate = OptionalInt.empty();
    Optional<Boolean> checkBaud = Optional.empty();
    boolean holdLineOpen = true;
    boolean splitWrites;
    double strayUrcProbability;
    boolean strayUrcsInsideReplies;
    volatile LineFilter lineFilter;
    volatile LineFilter hostLineFilter;

    // Replies.
    PromptForm prompt = PromptForm.SPACE;
    boolean crlfAfterPushedData = true;
    boolean blankLineAfterReadData = true;
    long latencyMillis;
    double lateReplyProbability;
    String lateReply = "SEND OK";
    long lateReplyMillis;
    boolean lateReplyStalls;
    PromptTimeoutResult promptTimeoutResult = PromptTimeoutResult.ERROR;
    boolean escCancelsFixedLength;
    boolean linesFramedSingly;
    boolean spaceInErrorText;
    boolean tlsFailureLeavesNoError;
    String urcPort = "usbat";
    boolean socketUrcsFollowUrcPort = true;

    // SIM, registration, PDP context, clock.
    SimState sim = SimState.READY;
    String pin = "1234";
    int pinRetries = 3;
    long simBusyMillis;
    long registrationDelayMillis;
    boolean registrationDenied;
    boolean pdpRefused;
    long pdpActivationMillis;
    boolean pdpActiveAtBoot;
    LocalDateTime clock = LocalDateTime.of(2008, 1, 4, 0, 19, 43);
    int clockQuarterHours;
    boolean clockIsLocal = true;
    long bootMillis;

    // Sockets.
    boolean sharedIds = true;
    boolean failedOpenKeepsId;
    boolean incomingInBufferMode;
    boolean incomingIdsFromBottom;
    boolean longDatagramsDropped;
    volatile long incomingDelayMillis;
    double sendFailProbability;
    int duplicateClosedUrcs;
    boolean closedBeforeLastData;
    boolean recvUrcNeedsEmptyRead;
    boolean sslObeysTcpSettings = true;
    boolean sslContextForgets;
    Leftovers leftovers = Leftovers.PUSHED;
    int framesAfterSwitch;
    volatile boolean modeSwitchRefused;
    boolean countersCountPushed = true;
    boolean recvUrcAfterSwitch = true;
    boolean urcsLostInDataMode;
    String connectText = "";
    long noCarrierDelayMillis;
    boolean noCarrierGlued;
    int sendBufferBytes = 10_240;
    int receiveBufferBytes = 65_536;
    volatile long connectDelayMillis;
    int transparentWaitUnitMillis = 100;

    boolean noCarrierAfterDtrDrop = true;
    boolean dcdFallsAfterNoCarrier;

    // The multiplexer.
    boolean muxSupported = true;
    boolean muxAtStart;
    boolean muxCannotBeLeft;
    int muxUrcPort = 1;
    int muxLargestFrame = 1509;
    boolean muxLongFrames;
    boolean muxCommandBit;
    MuxStatusAtOpen muxStatusAtOpen = MuxStatusAtOpen.AFTER_UA;
    boolean muxWaitsForStatusAnswer;
    long muxUaDelayMillis;
    int muxUasLost;

    // Files.
    int storageBytes = 286_720;
    Map<String, byte[]> files = Map.of();

    boolean checksBaud() {
        return checkBaud.orElse(moduleBaudRate.isPresent());
    }

    int startBaudRate() {
        return moduleBaudRate.orElse(baudRate > 0 ? baudRate : 115_200);
    }

    EmulatorOptions copy() {
        try {
            EmulatorOptions copy = (EmulatorOptions) clone();
            copy.hosts = hosts.copy();
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
