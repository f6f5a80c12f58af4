// SPDX-License-Identifier: Apache-2.0
/// The running reconciler: the command and its settings, the wiring from top to bottom, the
/// schedule, and the one thread that runs the passes.
@NullMarked
package io.gitlb.reconciler;

import org.jspecify.annotations.NullMarked;
