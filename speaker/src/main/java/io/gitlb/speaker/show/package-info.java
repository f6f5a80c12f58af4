// SPDX-License-Identifier: Apache-2.0
/// What a speaker does, as tables for people. Pure.
@NullMarked
package io.gitlb.speaker.show;

import org.jspecify.annotations.NullMarked;
