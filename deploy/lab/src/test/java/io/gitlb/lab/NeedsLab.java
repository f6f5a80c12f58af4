// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// The test builds network namespaces and runs routers, so it needs root and the packages that
/// `./gitlb test` installs. Without them it is skipped with the reason; with `GITLB_REQUIRE_LAB=1`
/// in the environment it fails instead.
///
/// Nothing else runs beside it: the tests share the kernel and two cores, and most measure how soon
/// something happens. [SharesLab] is for those that do not.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("alone")
@ExtendWith(LabRequirements.class)
@interface NeedsLab {}
