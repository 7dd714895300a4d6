package io.uartnio.module.quectel.ec200x;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtReply;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Runs commands and finds out why one was refused: the TCP/IP and SSL commands answer a bare ERROR whatever CMEE says,
 * and AT+QIGETERROR tells the code of the last of them only, so it is asked at once. Lane thread.
 */
final class Ec200xCommands {

    private static final Logger LOG = System.getLogger(Ec200xCommands.class.getName());

    private final AtChannel channel;

    Ec200xCommands(AtChannel channel) {
        this.channel = channel;
    }

    AtChannel channel() {
        return channel;
    }

    /** Runs a command that concerns no socket. */
    AtReply run(AtCommand command) throws IOException {
        return run(command, -1);
    }

    AtReply run(String command) throws IOException {
        return run(AtCommand.of(command));
    }

    /** Runs a command that concerns a socket. */
    AtReply run(AtCommand command, int index) throws IOException {
        try {
            return channel.execute(command);
        } catch (AtException e) {
            throw e.code() == ModemException.NO_CODE ? explain(index, command.toString()) : named(e, index);
        }
    }

    /** Runs a command that old firmware may not know and that can be done without; returns false if so. */
    boolean tryToRun(String command) throws IOException {
        try {
            channel.execute(AtCommand.of(command));
            return true;
        } catch (AtException e) {
            LOG.log(Level.DEBUG, "module does without: {0}", e.getMessage());
            return false;
        }
    }

    /** Asks for the code behind a bare ERROR. The text differs between firmwares: only the number is read. */
    AtException explain(int index, String command) throws IOException {
        int code = ModemException.NO_CODE;
        try {
            String line = channel.execute(AtCommand.of("AT+QIGETERROR").requiredInformation("+QIGETERROR:"))
                    .firstLine();
            String value = line.substring(line.indexOf(':') + 1).strip();
            int comma = value.indexOf(',');
            code = Integer.parseInt(
                    comma < 0 ? value : value.substring(0, comma).strip());
        } catch (AtException | NumberFormatException e) {
            LOG.log(Level.DEBUG, "module does not say why it refused: {0}", e.getMessage());
        }
        // 0 is "operation successful": the refusal was of a command that this query does not know of.
        boolean known = code > 0;
        return new AtException(
                "command refused",
                channel.details()
                        .command(command)
                        .socket(index)
                        .code(known ? code : ModemException.NO_CODE, known ? QuectelError.nameOf(code) : null));
    }

    private AtException named(AtException refusal, int index) {
        String name = refusal.codeName() == null ? QuectelError.nameOf(refusal.code()) : refusal.codeName();
        return new AtException(
                "command refused",
                channel.details().command(refusal.command()).socket(index).code(refusal.code(), name));
    }
}
