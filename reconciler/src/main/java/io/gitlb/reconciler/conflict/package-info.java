// SPDX-License-Identifier: Apache-2.0
/// Whether somebody else on the link answers for an address, before a Service is given it. Pure:
/// whoever asks the speakers tells what they said.
@NullMarked
package io.gitlb.reconciler.conflict;

import org.jspecify.annotations.NullMarked;
