// SPDX-License-Identifier: Apache-2.0

/// Ends real reconciler processes between any two of their steps and looks at what is left.
@NullMarked
package io.gitlb.reconciler.killed;

import org.jspecify.annotations.NullMarked;
