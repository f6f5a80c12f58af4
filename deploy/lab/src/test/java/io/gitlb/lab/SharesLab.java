// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Like [NeedsLab], for a test that waits for most of its time and judges what happens and in which
/// order, not how soon: others of its kind may run beside it, in other processes. What it builds is
/// in namespaces and directories of its own; its limits are those of a busy machine.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LabRequirements.class)
@interface SharesLab {}
