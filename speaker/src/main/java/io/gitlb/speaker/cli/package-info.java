// SPDX-License-Identifier: Apache-2.0
/// The command line of the speaker. The only place here that knows picocli.
@NullMarked
package io.gitlb.speaker.cli;

import org.jspecify.annotations.NullMarked;
