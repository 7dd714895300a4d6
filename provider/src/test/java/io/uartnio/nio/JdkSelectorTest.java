package io.uartnio.nio;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The contract as the JDK's own selector keeps it. */
class JdkSelectorTest extends SelectorContract {

    @Override
    Stack createStack() throws IOException {
        return new JdkStack();
    }

    /** Mended in the JDK after 17: JDK-8287580. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    @Override
    void aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered() throws Exception {
        super.aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered();
    }

    /** Mended in the JDK after 17: JDK-8336339. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    @Override
    void aCloseDuringARegisterLeavesNothingRegistered() throws Exception {
        super.aCloseDuringARegisterLeavesNothingRegistered();
    }
}
