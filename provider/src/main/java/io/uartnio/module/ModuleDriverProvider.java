package io.uartnio.module;

import io.uartnio.at.AtChannel;

/** A family's one service entry: says which modules it drives. Found by {@link java.util.ServiceLoader}. */
public interface ModuleDriverProvider {

    /** Returns true if this family drives such a module. */
    boolean drives(Identity identity);

    /** Returns the family's name, for messages. */
    String family();

    /** Creates the driver of one module. */
    ModuleDriver create(Identity identity, AtChannel channel, ModuleEvents events);
}
