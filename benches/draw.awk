# Reads lines of "series clients tps" and writes an SVG: tps against clients, a line a series with its name at its end.

BEGIN {
    width = 840; height = 440
    left = 64; right = 250; top = 64; bottom = 56
    title["many"] = "many codes"
    title["striped"] = "one code, 64 stripes"
    title["one"] = "one code"
    title["phoenixkit"] = "PhoenixKit's sequence,|many codes"
}

{
    if (!($1 in points)) {
        series[++count] = $1
    }
    clients[$1, ++points[$1]] = $2
    tps[$1, points[$1]] = $3
    if ($3 > most) {
        most = $3
    }
    if ($2 > widest) {
        widest = $2
    }
}

function x(number) {
    return left + (width - left - right) * log(number) / log(widest)
}

function y(number) {
    return height - bottom - (height - top - bottom) * number / highest
}

# 12500 as 12,500
function grouped(number,    text) {
    text = sprintf("%d", number)
    return length(text) > 3 ? substr(text, 1, length(text) - 3) "," substr(text, length(text) - 2) : text
}

# A round step, so that there are about five lines.
function round_step(most,    step) {
    step = 1
    while (step * 10 <= most / 5) {
        step *= 10
    }
    if (step * 5 <= most / 4) {
        return step * 5
    }
    if (step * 2 <= most / 4) {
        return step * 2
    }
    return step
}

END {
    step = round_step(most)
    highest = step * int(most / step + 0.999)

    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " width " " height "\" role=\"img\" aria-label=\"Redemptions a second against clients at a time\">"
    print "<style>"
    print "svg { font: 13px system-ui, sans-serif }"
    print ".paper { fill: #ffffff } text { fill: #24292f } .quiet { fill: #57606a } .title { font-size: 16px; font-weight: 600 }"
    print ".grid { stroke: #d8dee4 } .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }"
    print ".many { color: #0b62c4 } .striped { color: #1a7f45 } .one { color: #c2410c } .phoenixkit { color: #6e5494 }"
    print ".line { stroke: currentColor } .dot, .name { fill: currentColor } .name { font-weight: 600 }"
    print "@media (prefers-color-scheme: dark) {"
    print ".paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9da7b1 } .grid { stroke: #30363d }"
    print ".many { color: #6cb0ff } .striped { color: #56d07f } .one { color: #ff9c57 } .phoenixkit { color: #c8a6ff }"
    print ".name { fill: currentColor } }"
    print "</style>"
    print "<rect class=\"paper\" width=\"" width "\" height=\"" height "\"/>"
    print "<text class=\"title\" x=\"16\" y=\"26\">Redemptions a second</text>"
    print "<text class=\"quiet\" x=\"16\" y=\"46\">" subtitle "</text>"

    for (number = 0; number <= highest; number += step) {
        printf "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", left, width - right, y(number), y(number)
        printf "<text class=\"quiet\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n", left - 8, y(number) + 4, grouped(number)
    }
    for (number = 1; number <= widest; number *= 2) {
        printf "<text class=\"quiet\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%d</text>\n", x(number), height - bottom + 20, number
    }
    printf "<text class=\"quiet\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">clients at a time</text>\n", (left + width - right) / 2, height - 12

    for (i = 1; i <= count; i++) {
        name = series[i]
        printf "<g class=\"%s\"><polyline class=\"line\" points=\"", name
        for (j = 1; j <= points[name]; j++) {
            printf "%.1f,%.1f ", x(clients[name, j]), y(tps[name, j])
        }
        print "\"/>"
        for (j = 1; j <= points[name]; j++) {
            printf "<circle class=\"dot\" r=\"3\" cx=\"%.1f\" cy=\"%.1f\"><title>%s: %s</title></circle>\n", \
                x(clients[name, j]), y(tps[name, j]), clients[name, j], grouped(tps[name, j])
        }
        print "</g>"
        # Names from the lowest line upwards, with room between them.
        for (j = i; j > 1 && tps[order[j - 1], points[order[j - 1]]] > tps[name, points[name]]; j--) {
            order[j] = order[j - 1]
        }
        order[j] = name
    }
    lowest = height - bottom + 4
    for (i = 1; i <= count; i++) {
        name = order[i]
        lines = split(title[name], parts, "|")
        place = y(tps[name, points[name]]) + 4
        if (place + (lines - 1) * 16 > lowest) {
            place = lowest - (lines - 1) * 16
        }
        for (j = 1; j <= lines; j++) {
            printf "<text class=\"name %s\" x=\"%d\" y=\"%.1f\">%s%s</text>\n", name, width - right + 12, place + (j - 1) * 16, parts[j], \
                j == lines ? ", " grouped(tps[name, points[name]]) : ""
        }
        lowest = place - 18
    }
    print "</svg>"
}
