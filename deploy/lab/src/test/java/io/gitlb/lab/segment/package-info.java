// SPDX-License-Identifier: Apache-2.0
/// Speakers as real processes, a namespace each, on a segment that can be cut, muted and watched:
/// what the failover tests and benchmarks stand on.
@NullMarked
package io.gitlb.lab.segment;

import org.jspecify.annotations.NullMarked;
