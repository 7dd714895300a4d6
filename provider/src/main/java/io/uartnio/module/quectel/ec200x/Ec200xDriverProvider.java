package io.uartnio.module.quectel.ec200x;

import io.uartnio.at.AtChannel;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleDriverProvider;
import io.uartnio.module.ModuleEvents;
import java.util.List;

/**
 * Drives Quectel's EC200x and EC800x, and the EG8xx of the same line. A model is known by the beginning of its name:
 * some firmwares append the region (EC200TCN).
 */
public final class Ec200xDriverProvider implements ModuleDriverProvider {

    private static final List<String> MODELS = List.of("EC200", "EC800", "EG8");

    /** Creates the provider; called by the service loader. */
    public Ec200xDriverProvider() {}

    @Override
    public boolean drives(Identity identity) {
        return MODELS.stream().anyMatch(identity.model()::startsWith);
    }

    @Override
    public String family() {
        return "Quectel EC200x/EC800x";
    }

    @Override
    public ModuleDriver create(Identity identity, AtChannel channel, ModuleEvents events) {
        return new Ec200xDriver(identity, channel, events);
    }
}
