package io.uartnio.module.quectel.ec200x;

import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * AT+CMUX of the modules of this maker. Neither EC200x manual has a section on it, but the SSL application note names
 * the ports {@code cmux1} to {@code cmux4}; the forms are those that oFono, Zephyr and RT-Thread use with their sisters.
 * Lane thread.
 */
final class Ec200xMux {

    /** What is asked for, and what needs one length octet. */
    private static final int FRAME_BYTES = 127;
    /** What the standard has for the basic option where nothing else is said. */
    private static final int DEFAULT_FRAME_BYTES = 31;

    /** The port_speed of a rate; where a module heeds it at all, it must be the one that the line has. */
    private static final Map<Integer, Integer> PORT_SPEEDS =
            Map.of(9_600, 1, 19_200, 2, 38_400, 3, 57_600, 4, 115_200, 5, 230_400, 6, 460_800, 7, 921_600, 8);

    private final Ec200xCommands commands;

    Ec200xMux(Ec200xCommands commands) {
        this.commands = commands;
    }

    /**
     * Tells the module to expect frames.
     *
     * @return the longest information that it takes in one
     */
    int start() throws IOException {
        // Otherwise the URCs of pushed sockets may come on any channel.
        commands.tryToRun("AT+QCFG=\"cmux/urcport\",1");
        for (String form : longForms()) {
            try {
                commands.channel().execute(AtCommand.of(form));
                return FRAME_BYTES;
            } catch (AtException e) {
                // A shorter form is tried.
            }
        }
        commands.run("AT+CMUX=0");
        return DEFAULT_FRAME_BYTES;
    }

    /** Basic option, UIH frames, 127 bytes; then T1 100 ms, N2 3, T2 300 ms, T3 10 s, k 2 as the standard has them. */
    private List<String> longForms() {
        List<String> forms = new ArrayList<>();
        Integer speed = PORT_SPEEDS.get(commands.channel().baudRate());
        if (speed != null) {
            forms.add("AT+CMUX=0,0," + speed + "," + FRAME_BYTES + ",10,3,30,10,2");
            forms.add("AT+CMUX=0,0," + speed + "," + FRAME_BYTES);
        }
        return forms;
    }
}
