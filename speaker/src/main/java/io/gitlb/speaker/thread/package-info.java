// SPDX-License-Identifier: Apache-2.0
/// What the kernel is told about threads.
@NullMarked
package io.gitlb.speaker.thread;

import org.jspecify.annotations.NullMarked;
