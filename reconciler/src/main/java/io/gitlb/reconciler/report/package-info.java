// SPDX-License-Identifier: Apache-2.0
/// What commands print: plans and problems as text for a terminal, as Markdown for a comment, as
/// JSON and the like for machines. Pure: values in, text out.
@NullMarked
package io.gitlb.reconciler.report;

import org.jspecify.annotations.NullMarked;
