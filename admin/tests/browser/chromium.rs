//! Chromium without a window, told what to do by the DevTools protocol over two pipes.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{project_file, scratch_folder};

/// It reads from 3 and writes to 4.
const START: &str = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
     --hide-scrollbars --remote-debugging-pipe --user-data-dir=\"$1\" about:blank 3<&0 4>&1 0</dev/null 1>&2 2>\"$1.log\"";

pub struct Chromium {
    program: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    last: u64,
    session: String,
    /// What it has told since, but for answers.
    pub events: Vec<Value>,
}

impl Chromium {
    /// With a profile of its own, in which nothing is from before.
    pub fn start(name: &str) -> Chromium {
        let profile = scratch_folder().join(format!("chromium-{name}"));
        let mut command = Command::new("sh");
        command.args(["-c", START, "sh"]).arg(profile);
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let to = program.stdin.take().unwrap();
        let from = BufReader::new(program.stdout.take().unwrap());
        let (session, events) = (String::new(), Vec::new());
        let mut chromium = Chromium { program, to, from, last: 0, session, events };
        let tab = chromium.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": tab["targetId"], "flatten": true});
        let attached = chromium.call("Target.attachToTarget", attach);
        chromium.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "DOM", "Log", "Runtime"] {
            chromium.call(&format!("{domain}.enable"), json!({}));
        }
        chromium
    }

    fn message(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).unwrap();
        assert_eq!(
            message.pop(),
            Some(0),
            "Chromium has gone: see its log in the scratch server's folder"
        );
        serde_json::from_slice(&message).unwrap()
    }

    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut order = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            order["sessionId"] = self.session.as_str().into();
        }
        write!(self.to, "{order}\0").unwrap();
        loop {
            let mut message = self.message();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    /// Does what leads to another page, and waits for that page.
    fn then_loaded(&mut self, deed: impl FnOnce(&mut Chromium)) {
        let before = self.events.len();
        deed(self);
        let has_loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events[before..].iter().any(has_loaded) {
            let message = self.message();
            self.events.push(message);
        }
    }

    pub fn open(&mut self, url: &str) {
        self.then_loaded(|tab| {
            tab.call("Page.navigate", json!({"url": url}));
        });
    }

    fn find(&mut self, selector: &str) -> Value {
        let document = self.call("DOM.getDocument", json!({"depth": 0}));
        let root = document["root"]["nodeId"].clone();
        let found = self.call("DOM.querySelector", json!({"nodeId": root, "selector": selector}));
        assert_ne!(found["nodeId"], 0, "no {selector} in\n{}", self.page());
        found["nodeId"].clone()
    }

    /// The page as it is now.
    pub fn page(&mut self) -> String {
        let document = self.call("DOM.getDocument", json!({"depth": 0}));
        let root = document["root"]["nodeId"].clone();
        let html = self.call("DOM.getOuterHTML", json!({"nodeId": root}));
        html["outerHTML"].as_str().unwrap().to_owned()
    }

    pub fn shows(&mut self, text: &str) {
        let page = self.page();
        assert!(page.contains(text), "without {text:?}:\n{page}");
    }

    fn focus(&mut self, selector: &str) {
        let node = self.find(selector);
        self.call("DOM.focus", json!({"nodeId": node}));
    }

    /// Writes over what is in the field.
    pub fn write(&mut self, selector: &str, text: &str) {
        self.focus(selector);
        let all = json!({"type": "rawKeyDown", "key": "a", "commands": ["selectAll"]});
        self.call("Input.dispatchKeyEvent", all);
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Return, on a link or a button: no mouse is used.
    pub fn press(&mut self, selector: &str) {
        self.focus(selector);
        let key = |kind: &str| {
            let mut key =
                json!({"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13});
            if kind == "keyDown" {
                key["text"] = "\r".into();
            }
            key
        };
        self.then_loaded(|tab| {
            tab.call("Input.dispatchKeyEvent", key("keyDown"));
            tab.call("Input.dispatchKeyEvent", key("keyUp"));
        });
    }

    pub fn screen(&mut self, width: u32, height: u32, is_phone: bool, is_dark: bool) {
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone});
        self.call("Emulation.setDeviceMetricsOverride", screen);
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// How wide the page is, which a phone would have to move about if it were wider than its screen.
    pub fn width(&mut self) -> u64 {
        let metrics = self.call("Page.getLayoutMetrics", json!({}));
        metrics["cssContentSize"]["width"].as_u64().unwrap()
    }

    /// A picture of the screen, kept where ADMIN_PICTURES says.
    pub fn picture(&mut self, name: &str) {
        let picture = self
            .call("Page.captureScreenshot", json!({"format": "png", "optimizeForSpeed": false}));
        let picture = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        assert!(picture.len() > 5000, "{name} shows nothing");
        if let Ok(folder) = env::var("ADMIN_PICTURES") {
            let folder = project_file(&folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), picture).unwrap();
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
