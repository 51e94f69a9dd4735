package front

import (
	"net/http"
	"time"
)

// A Fault is something that goes wrong with a call.
type Fault struct {
	Name string
	// before says whether the call goes on to AWS; else it was answered, or never
	// will be.
	before func(*Front, Call, http.ResponseWriter) bool
	// after says whether AWS's answer goes back.
	after func(*reply, http.ResponseWriter) bool
	// forever strikes every call from the first on.
	forever bool
}

// drop ends the connection without a word.
func drop() { panic(http.ErrAbortHandler) }

func refusing(status int, code, message string) func(*Front, Call, http.ResponseWriter) bool {
	return func(_ *Front, c Call, w http.ResponseWriter) bool {
		refuseWith(c, status, code, message).write(w)
		return false
	}
}

func throttle(_ *Front, c Call, w http.ResponseWriter) bool {
	code := "ThrottlingException"
	if _, json11 := targets[c.Service]; !json11 {
		code = "Throttling"
	}
	return refusing(400, code, "Rate exceeded")(nil, c, w)
}

// Faults are all but the deaths of the process.
var Faults = []Fault{
	{Name: "throttle", before: throttle},
	{Name: "throttle for ever", before: throttle, forever: true},
	{Name: "500", before: refusing(500, "KMSInternalException", "internal")},
	{Name: "500 after applied", after: func(_ *reply, w http.ResponseWriter) bool {
		jsonReply(500, map[string]string{"__type": "KMSInternalException", "message": "internal"}).write(w)
		return false
	}},
	{Name: "502 as HTML", before: func(_ *Front, _ Call, w http.ResponseWriter) bool {
		(&reply{502, http.Header{"Content-Type": {"text/html"}}, []byte("<html><body>Bad Gateway</body></html>")}).write(w)
		return false
	}},
	{Name: "reset before", before: func(*Front, Call, http.ResponseWriter) bool { drop(); return false }},
	{Name: "lost reply", after: func(*reply, http.ResponseWriter) bool { drop(); return false }},
	{Name: "reply cut short", after: func(a *reply, w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(a.status)
		w.Write(a.body[:len(a.body)/2])
		// Without it the answer would be lost, not cut.
		w.(http.Flusher).Flush()
		drop()
		return false
	}},
	{Name: "access denied", before: refusing(400, "AccessDeniedException", "User is not authorized to perform this"), forever: true},
	{Name: "expired token", before: refusing(400, "ExpiredTokenException", "The security token included in the request is expired"), forever: true},
}

// FaultNamed gives one of Faults.
func FaultNamed(name string) Fault {
	for _, f := range Faults {
		if f.Name == name {
			return f
		}
	}
	panic("no fault " + name)
}

// KilledBefore ends the process when the call comes, before AWS has it.
func KilledBefore(kill func()) Fault {
	return Fault{Name: "killed before", before: func(*Front, Call, http.ResponseWriter) bool { kill(); drop(); return false }}
}

// KilledAfter ends the process when AWS has done the call, before its answer.
func KilledAfter(kill func()) Fault {
	return Fault{Name: "killed after", after: func(*reply, http.ResponseWriter) bool { kill(); drop(); return false }}
}

// Silence answers nothing for a while.
func Silence(d time.Duration) Fault {
	return Fault{Name: "silence", before: func(*Front, Call, http.ResponseWriter) bool {
		time.Sleep(d)
		drop()
		return false
	}}
}

// During does something else, just before AWS has the call.
func During(do func()) Fault {
	return Fault{Name: "meanwhile", before: func(*Front, Call, http.ResponseWriter) bool { do(); return true }}
}

// armed is a fault that waits for its call.
type armed struct {
	Fault
	action string // empty: any
	left   int    // calls to let pass
	call   string // that it has struck, for one that strikes for ever
	spent  bool
}

// Arm lets a fault strike the nth call of an action from now on, counted from 1;
// without an action, of all. One that lasts for ever strikes that call each time it
// is made again.
func (f *Front) Arm(action string, nth int, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &armed{Fault: fault, action: action, left: nth - 1})
}

// Disarm takes away what is armed.
func (f *Front) Disarm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// strikes gives the fault for a call, if there is one.
func (f *Front) strikes(c Call) *Fault {
	name := c.Service + ":" + c.Action
	for _, a := range f.faults {
		switch {
		case a.action != "" && a.action != name:
		case a.call == name && a.forever:
			return &a.Fault
		case a.spent:
		case a.left > 0:
			a.left--
		default:
			a.spent, a.call = true, name
			return &a.Fault
		}
	}
	return nil
}

// Refusing is a refusal of AWS, once.
func Refusing(code, message string) Fault {
	return Fault{Name: code, before: refusing(400, code, message)}
}
