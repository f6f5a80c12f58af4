// SPDX-License-Identifier: Apache-2.0
/// Who holds each layer-2 address: the watch graph, claims, take-over, hand-over, start and
/// recheck. Pure: time comes in with each call, and everything runs on one thread.
@NullMarked
package io.gitlb.speaker.ownership;

import org.jspecify.annotations.NullMarked;
