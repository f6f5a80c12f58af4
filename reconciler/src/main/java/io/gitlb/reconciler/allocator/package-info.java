// SPDX-License-Identifier: Apache-2.0
/// Which addresses of a pool are free, and which of them comes next. Pure.
@NullMarked
package io.gitlb.reconciler.allocator;

import org.jspecify.annotations.NullMarked;
