// SPDX-License-Identifier: Apache-2.0
/// Questions to the kernel that several adapters have, and for which the JDK has no answer or a
/// slow one.
@NullMarked
package io.gitlb.speaker.kernel;

import org.jspecify.annotations.NullMarked;
