package io.uartnio.emulator;

import java.util.Arrays;

/**
 * The messages of channel 0: {@code type, length, values}, several in a frame if the host likes. Commands are answered by
 * the same type with its C/R bit cleared, unknown ones by NSC. For the thread that runs the session.
 */
final class MuxControl {

    // The types as commands, with extension and C/R bit.
    private static final int PARAMETER_NEGOTIATION = 0x83;
    private static final int POWER_SAVING = 0x43;
    private static final int CLOSE_DOWN = 0xC3;
    private static final int TEST = 0x23;
    private static final int FLOW_ON = 0xA3;
    private static final int FLOW_OFF = 0x63;
    private static final int MODEM_STATUS = 0xE3;
    private static final int PORT_NEGOTIATION = 0x93;
    private static final int LINE_STATUS = 0x53;
    private static final int NOT_SUPPORTED_RESPONSE = 0x11;

    private static final int COMMAND = 0x02;

    // Of the modem status octet.
    private static final int FLOW = 0x02;
    private static final int READY_TO_COMMUNICATE = 0x04;

    /** What the frame type octet of parameter negotiation says of UIH frames and convergence layer 1. */
    private static final byte UIH_TYPE_1 = 0;

    private static final int PN_LENGTH = 8;
    private static final int RPN_LENGTH = 8;

    private final PlayedModule module;
    private final MuxSession session;
    private final MuxSender sender;

    MuxControl(PlayedModule module, MuxSession session, MuxSender sender) {
        this.module = module;
        this.session = session;
        this.sender = sender;
    }

    /** Takes the messages of a frame; one that is cut short is worth nothing. */
    void take(byte[] information, int length) {
        int at = 0;
        while (at < length) {
            int type = information[at++] & 0xff;
            int valuesLength = 0;
            int shift = 0;
            boolean more = at < length;
            while (more && at < length) {
                int octet = information[at++] & 0xff;
                valuesLength |= octet >> 1 << shift;
                shift += 7;
                more = (octet & 1) == 0 && shift < 21;
            }
            if (at + valuesLength > length) {
                module.counters.muxBadFrame();
                return;
            }
            take(type, Arrays.copyOfRange(information, at, at + valuesLength));
            at += valuesLength;
        }
    }

    private void take(int type, byte[] values) {
        if ((type & COMMAND) == 0) {
            response(type | COMMAND, values);
            return;
        }
        switch (type) {
            case PARAMETER_NEGOTIATION -> negotiate(values);
            case POWER_SAVING, TEST, LINE_STATUS -> answer(type, values);
            case CLOSE_DOWN -> session.end(() -> answer(type, values));
            case FLOW_ON, FLOW_OFF -> {
                sender.holdAll(type == FLOW_OFF);
                answer(type, values);
            }
            case MODEM_STATUS -> modemStatus(values);
            case PORT_NEGOTIATION -> portNegotiation(values);
            default -> sender.message(NOT_SUPPORTED_RESPONSE, new byte[] {(byte) type});
        }
    }

    private void answer(int type, byte[] values) {
        sender.message(type & ~COMMAND, values);
    }

    private void response(int command, byte[] values) {
        MuxChannel channel = values.length > 0 ? session.channel((values[0] & 0xff) >> 2) : null;
        if (command == MODEM_STATUS && channel != null) {
            channel.statusAnswered();
        }
    }

    /** N1 is agreed to as far as the module goes, all else but UIH and convergence layer 1 is turned down. */
    private void negotiate(byte[] values) {
        if (values.length != PN_LENGTH) {
            module.counters.muxBadFrame();
            return;
        }
        int asked = (values[4] & 0xff) | (values[5] & 0xff) << 8;
        int agreed = Math.max(1, Math.min(asked, module.options.muxLargestFrame));
        values[1] = UIH_TYPE_1;
        values[4] = (byte) agreed;
        values[5] = (byte) (agreed >> 8);
        MuxChannel channel = session.channel(values[0] & 0x3f);
        if (channel != null) {
            channel.negotiate(agreed);
        }
        answer(PARAMETER_NEGOTIATION, values);
    }

    private void modemStatus(byte[] values) {
        MuxChannel channel = values.length > 1 ? session.channel((values[0] & 0xff) >> 2) : null;
        answer(MODEM_STATUS, values);
        if (channel != null) {
            int lines = values[1] & 0xff;
            channel.hostStatus((lines & FLOW) != 0, (lines & READY_TO_COMMUNICATE) != 0);
        }
    }

    /** A query is answered with what the UART has, a wish with itself: no channel has a rate of its own. */
    private void portNegotiation(byte[] values) {
        if (values.length == 1) {
            byte[] full = new byte[RPN_LENGTH];
            full[0] = values[0];
            full[1] = module.rate.baudRate() >= 230_400 ? (byte) 8 : 7;
            full[2] = 3;
            full[4] = 0x11;
            full[5] = 0x13;
            answer(PORT_NEGOTIATION, full);
        } else {
            answer(PORT_NEGOTIATION, values);
        }
    }
}
