package io.uartnio.emulator;

/**
 * The modules that can be played, with the strings by which they name themselves. Strings seen in logs or documents of
 * the module itself are marked so; the others follow the vendor's pattern
 * {@code <model><region><variant>R<major>A<minor>M<flash>} and may be replaced by {@link EmulatorBuilder#revision}.
 */
public enum ModuleProfile {
    /** EC200M-CN; the revision follows the pattern only. */
    EC200M("EC200M", "EC200MCNAAR01A01M08"),
    /** EC200N-CN; the revision is from a sample of a tool's documentation. */
    EC200N("EC200N", "EC200NCNAAR05A03M16"),
    /** EC800M-CN; the revision is from a serial log. */
    EC800M("EC800M", "EC800MCNGAR06A05M08"),
    /** EC800N-CN; the revision follows the pattern only. */
    EC800N("EC800N", "EC800NCNAAR01A01M08");

    private final String objectId;
    private final String revision;

    ModuleProfile(String objectId, String revision) {
        this.objectId = objectId;
        this.revision = revision;
    }

    /** Returns the maker, as {@code AT+CGMI} answers it. */
    public String vendor() {
        return "Quectel";
    }

    /** Returns the object id, as {@code AT+CGMM} answers it. */
    public String objectId() {
        return objectId;
    }

    /** Returns the firmware revision, as {@code AT+CGMR} answers it. */
    public String revision() {
        return revision;
    }
}
